using System.Text.Json;

namespace EdgeGate.CommandLine.Top;

/// <summary>What top shows and what the operator is about to do. It changes by events and by keys, and draws nothing.</summary>
internal sealed class TopState
{
    private static readonly (ConsoleKey Key, string Sort)[] SortKeys =
    [
        (ConsoleKey.B, "rate"), (ConsoleKey.R, "rtt"), (ConsoleKey.A, "age"), (ConsoleKey.I, "idle"), (ConsoleKey.T, "retransmits"),
        (ConsoleKey.N, "id"),
    ];

    private IReadOnlyList<long> _ids = [];

    /// <summary>The gateway, or undefined before the first event.</summary>
    public JsonElement State { get; private set; }

    /// <summary>The connections, or undefined before the first event.</summary>
    public JsonElement Connections { get; private set; }

    /// <summary>How many rows of connections the screen has room for.</summary>
    public int Rows { get; set; } = 50;

    public string Sort { get; private set; } = "rate";

    public string Find { get; private set; } = "";

    /// <summary>Whether what is typed is what to find.</summary>
    public bool IsFinding { get; private set; }

    /// <summary>The connection that the cursor is on, or null.</summary>
    public long? Selected { get; private set; }

    /// <summary>The connection that is to be ended once the operator says yes, or null.</summary>
    public long? Victim { get; private set; }

    /// <summary>Where that connection comes from.</summary>
    public string VictimSource { get; private set; } = "";

    /// <summary>What to tell, or null.</summary>
    public string? Message { get; set; }

    /// <summary>Why nothing comes from the gateway, or null.</summary>
    public string? Lost { get; private set; }

    /// <summary>How much the counters of all listeners grow in a second.</summary>
    public (double Accepted, double In, double Out) Rates { get; private set; }

    /// <summary>What to ask the gateway for.</summary>
    public string Query => $"sort={Sort}&limit={Math.Max(Rows, 10)}" + (Find.Length > 0 ? "&find=" + Uri.EscapeDataString(Find) : "");

    /// <summary>Takes an event of the gateway's.</summary>
    public void Take(string name, JsonElement data)
    {
        Lost = null;
        if (name == "state")
        {
            Rates = RatesSince(State, data);
            State = data;
        }
        else if (name == "connections")
        {
            Connections = data;
            _ids = [.. data.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetInt64())];
        }
    }

    /// <summary>The gateway does not answer; what was shown is old.</summary>
    public void Lose(string why) => Lost = why;

    /// <summary>Takes a key.</summary>
    public TopAction Press(ConsoleKeyInfo key)
    {
        Message = null;
        bool isControlC = key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control };
        return isControlC ? TopAction.Quit
            : Victim is { } ? Answer(key)
            : IsFinding ? Type(key)
            : Command(key);
    }

    private TopAction Answer(ConsoleKeyInfo key)
    {
        bool yes = key.KeyChar is 'y' or 'Y';
        if (!yes)
        {
            Victim = null;
        }

        return yes ? TopAction.Kill : TopAction.None;
    }

    /// <summary>The connection to end, which is then no longer asked about.</summary>
    public long TakeVictim()
    {
        long victim = Victim!.Value;
        Victim = null;
        return victim;
    }

    private TopAction Type(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                IsFinding = false;
                return TopAction.None;
            case ConsoleKey.Escape:
                IsFinding = false;
                Find = "";
                return TopAction.Ask;
            case ConsoleKey.Backspace:
                Find = Find.Length > 0 ? Find[..^1] : "";
                return TopAction.Ask;
            default:
                Find += char.IsControl(key.KeyChar) ? "" : key.KeyChar;
                return TopAction.Ask;
        }
    }

    private TopAction Command(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Q:
                return TopAction.Quit;
            case ConsoleKey.UpArrow:
                Move(-1);
                return TopAction.None;
            case ConsoleKey.DownArrow:
                Move(1);
                return TopAction.None;
            case ConsoleKey.K:
                Choose();
                return TopAction.None;
            case ConsoleKey.Escape:
                bool found = Find.Length > 0;
                (Find, Selected) = ("", null);
                return found ? TopAction.Ask : TopAction.None;
        }

        if (key.KeyChar == '/')
        {
            IsFinding = true;
            return TopAction.None;
        }

        string? sort = Array.Find(SortKeys, pair => pair.Key == key.Key).Sort;
        if (sort is null || sort == Sort)
        {
            return TopAction.None;
        }

        Sort = sort;
        return TopAction.Ask;
    }

    // Asked about is what is seen: a connection that has ended meanwhile, or has moved out of sight, is not.
    private void Choose()
    {
        int at = Selected is { } id ? IndexOf(id) : -1;
        if (at < 0)
        {
            Message = "choose a connection with the arrow keys first";
            return;
        }

        Victim = Selected;
        VictimSource = Connections.GetProperty("rows")[at].GetProperty("source").GetString()!;
    }

    // The cursor stays on its connection wherever that goes; if it has ended, it starts from the top.
    private void Move(int step)
    {
        if (_ids.Count == 0)
        {
            Selected = null;
            return;
        }

        int at = Selected is { } id ? IndexOf(id) : -1;
        Selected = _ids[Math.Clamp(at < 0 ? 0 : at + step, 0, Math.Min(_ids.Count, Math.Max(Rows, 1)) - 1)];
    }

    private int IndexOf(long id)
    {
        for (int i = 0; i < _ids.Count; i++)
        {
            if (_ids[i] == id)
            {
                return i;
            }
        }

        return -1;
    }

    private static (double Accepted, double In, double Out) RatesSince(JsonElement before, JsonElement now)
    {
        double seconds = before.ValueKind == JsonValueKind.Undefined ? 0 : Sum(now, "uptime") - Sum(before, "uptime");
        return seconds <= 0 ? default : (Rate("accepted"), Rate("bytesIn"), Rate("bytesOut"));

        double Rate(string key) => Math.Max(0, (OfListeners(now, key) - OfListeners(before, key)) / seconds);
    }

    private static double Sum(JsonElement state, string key) => state.GetProperty(key).GetDouble();

    private static double OfListeners(JsonElement state, string key) =>
        state.GetProperty("listeners").EnumerateArray().Sum(listener => listener.GetProperty(key).GetDouble());
}

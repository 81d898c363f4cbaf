using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;

namespace EdgeGate.Takeover;

/// <summary>
/// What the two processes of a takeover tell each other, each as a line of JSON.
/// <code>
///   old                                        new
///    | hello (version, process)                 |
///    | socket (and a descriptor), many          |
///    | end                                      |  binds what is missing, makes all that may fail
///    |                          ready (process) |
///    | stops accepting, names its successor     |
///    | yours                                    |  serves all
///    | drains                                   |
/// </code>
/// Where the new one goes away before it is ready, the old one has noticed nothing but that.
/// </summary>
internal sealed record TakeoverMessage
{
    public const int CurrentVersion = 1;

    public const string Hello = "hello";
    public const string Refused = "refused";
    public const string Socket = "socket";
    public const string End = "end";
    public const string Ready = "ready";
    public const string Yours = "yours";

    public required string Kind { get; init; }

    /// <summary>Of a hello: what is spoken.</summary>
    public int? Version { get; init; }

    /// <summary>Of a hello and a ready: the sender.</summary>
    public int? Process { get; init; }

    /// <summary>Of a refusal.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a listener's socket: the listener's name.</summary>
    public string? Listener { get; init; }

    /// <summary>Of a socket that systemd opened: its FileDescriptorName.</summary>
    public string? Name { get; init; }

    /// <summary>Of a socket: where it was to be bound, by <see cref="PlaceOf"/>.</summary>
    public string? Place { get; init; }

    /// <summary>Whether the socket is the admin address's.</summary>
    public bool IsAdmin { get; init; }

    /// <summary>An address as text that both processes write alike.</summary>
    public static string PlaceOf(EndPoint wanted) =>
        wanted is UnixDomainSocketEndPoint ? "unix:" + wanted : wanted.ToString()!;
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(TakeoverMessage))]
internal sealed partial class TakeoverJson : JsonSerializerContext;

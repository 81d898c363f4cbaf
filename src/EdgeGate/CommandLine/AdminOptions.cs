using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using EdgeGate.Configuration;

namespace EdgeGate.CommandLine;

/// <summary>The options of every command that talks to a running daemon: where it is, and what it wants to see.</summary>
internal sealed class AdminOptions
{
    public const string AddressVariable = "EDGEGATE_ADMIN";
    public const string TokenVariable = "EDGEGATE_TOKEN";

    private readonly Func<string, string?> _variable;

    private readonly Option<Uri?> _admin = new("--admin")
    {
        Description = $"The admin address of the daemon. Without it: that of --config, of {AddressVariable}, of "
            + $"{DefaultConfiguration.File}, or http://127.0.0.1:9901.",
        HelpName = "URL",
        CustomParser = result => Url(result),
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = $"The token that the daemon asks for. {TokenVariable} does the same, and no list of processes shows it.",
        HelpName = "TOKEN",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The daemon's configuration file: takes the address and the token from it.",
        HelpName = "FILE",
    };

    /// <param name="variable">Reads an environment variable; null: the process's own.</param>
    public AdminOptions(Func<string, string?>? variable = null) => _variable = variable ?? Environment.GetEnvironmentVariable;

    public void AddTo(Command command)
    {
        command.Options.Add(_admin);
        command.Options.Add(_token);
        command.Options.Add(_config);
    }

    /// <summary>Finds out whom to ask.</summary>
    /// <exception cref="AdminFailure">The file or the variable that names the address cannot be read.</exception>
    public async Task<AdminTarget> ReadAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string? token = parsed.GetValue(_token) ?? Variable(TokenVariable);
        string? file = parsed.GetValue(_config);
        if (file is null && (parsed.GetValue(_admin) ?? FromVariable()) is { } named)
        {
            return new AdminTarget(named, token);
        }

        if (file is null && !File.Exists(DefaultConfiguration.File))
        {
            return new AdminTarget(AdminTarget.DefaultAddress, token);
        }

        AdminConfig config = await ReadAsync(file ?? DefaultConfiguration.File, cancellation);
        return new AdminTarget(parsed.GetValue(_admin) ?? AddressOf(config.Bind), token ?? config.Token?.Text);
    }

    private static async Task<AdminConfig> ReadAsync(string file, CancellationToken cancellation)
    {
        LoadedConfiguration loaded = await new ConfigurationLoader().LoadAsync(file, cancellation);
        return loaded.Root.GetChildren().Any() || loaded.Errors.Count == 0
            ? AdminReader.ReadAlone(loaded) // whatever else may be wrong with it
            : throw new AdminFailure($"{loaded.Errors[0]}; name the daemon's address with --admin URL");
    }

    // What is bound to every address is reached by loopback.
    private static Uri AddressOf(BindAddress bind)
    {
        IPEndPoint first = bind.EndPoints[0];
        IPAddress address = first.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : first.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : first.Address;
        return new Uri($"http://{new IPEndPoint(address, first.Port)}");
    }

    private Uri? FromVariable()
    {
        if (Variable(AddressVariable) is not { } text)
        {
            return null;
        }

        return Parse(text)
            ?? throw new AdminFailure($"{AddressVariable} is '{text}', which is not a URL such as {AdminTarget.DefaultAddress}");
    }

    private string? Variable(string name) => _variable(name) is { Length: > 0 } text ? text : null;

    private static Uri? Url(ArgumentResult result)
    {
        string text = result.Tokens is [var token] ? token.Value : "";
        if (Parse(text) is { } url)
        {
            return url;
        }

        result.AddError($"'{text}' is not a URL such as http://127.0.0.1:9901.");
        return null;
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;
}

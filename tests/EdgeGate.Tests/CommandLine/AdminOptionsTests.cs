using System.CommandLine;
using EdgeGate.CommandLine;
using EdgeGate.Tests.Configuration;

namespace EdgeGate.Tests.CommandLine;

/// <summary>Whom a command talks to: the option before the file before the variable before the default.</summary>
public sealed class AdminOptionsTests : IDisposable
{
    private const string Token = "0123456789abcdef0123";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-admin-");
    private readonly Dictionary<string, string> _variables = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Without_anything_it_is_the_default_address()
    {
        Assert.SkipWhen(File.Exists(DefaultConfiguration.File), "this machine has a configuration of its own");

        AdminTarget target = await ReadAsync();

        Assert.Equal("http://127.0.0.1:9901", target.ToString());
        Assert.Null(target.Token);
    }

    [Fact]
    public async Task An_option_beats_a_variable()
    {
        _variables["EDGEGATE_ADMIN"] = "http://127.0.0.1:1111";
        _variables["EDGEGATE_TOKEN"] = "of the variable";

        Assert.Equal("http://127.0.0.1:1111", (await ReadAsync()).ToString());
        Assert.Equal("of the variable", (await ReadAsync()).Token);
        Assert.Equal("http://127.0.0.1:2222", (await ReadAsync("--admin", "http://127.0.0.1:2222")).ToString());
        Assert.Equal("of the option", (await ReadAsync("--token", "of the option")).Token);
    }

    [Theory]
    [InlineData("127.0.0.1:3333", "http://127.0.0.1:3333")]
    [InlineData("0.0.0.0:3333", "http://127.0.0.1:3333")]
    [InlineData("[::]:3333", "http://[::1]:3333")]
    public async Task A_configuration_names_the_address_and_the_token(string bind, string address)
    {
        _variables["EDGEGATE_ADMIN"] = "http://127.0.0.1:1111";

        AdminTarget target = await ReadAsync("--config", Write(Admin($$""" "Bind": "{{bind}}", "Token": "{{Token}}" """)));

        Assert.Equal(address, target.ToString());
        Assert.Equal(Token, target.Token);
    }

    [Fact]
    public async Task A_token_file_is_read_from_the_configurations_folder()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "admin.token"), Token + "\n");

        Assert.Equal(Token, (await ReadAsync("--config", Write(Admin(""" "TokenFile": "admin.token" """)))).Token);
    }

    [Fact]
    public async Task A_configuration_that_a_reload_refuses_still_names_the_address()
    {
        string broken = Admin(""" "Bind": "127.0.0.1:4444" """).Replace("\"Protocol\": \"http\"", "\"Protocol\": \"htp\"", StringComparison.Ordinal);

        Assert.Equal("http://127.0.0.1:4444", (await ReadAsync("--config", Write(broken))).ToString());
    }

    [Theory]
    [InlineData("/nowhere/edgegate.json", "there is no such file")]
    [InlineData(null, "--admin URL")]
    public async Task A_file_that_is_none_is_told(string? file, string said)
    {
        var failure = await Assert.ThrowsAsync<AdminFailure>(() => ReadAsync("--config", file ?? Write("{ \"EdgeGate\": ")));

        Assert.Contains(said, failure.Message);
    }

    [Fact]
    public async Task A_variable_that_is_no_address_is_told()
    {
        _variables["EDGEGATE_ADMIN"] = "here";

        var failure = await Assert.ThrowsAsync<AdminFailure>(() => ReadAsync());

        Assert.Contains("EDGEGATE_ADMIN is 'here'", failure.Message);
    }

    private static string Admin(string more) => Loaded.Json(section: $$""", "Admin": { {{more}} }""");

    private string Write(string text)
    {
        string file = Path.Combine(_folder.FullName, "edgegate.json");
        File.WriteAllText(file, text);
        return file;
    }

    private Task<AdminTarget> ReadAsync(params string[] arguments)
    {
        var options = new AdminOptions(name => _variables.GetValueOrDefault(name));
        var command = new Command("ask");
        options.AddTo(command);
        return options.ReadAsync(command.Parse(arguments), CancellationToken.None);
    }
}

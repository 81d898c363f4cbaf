using EdgeGate.Configuration;

namespace EdgeGate.Tests.Configuration;

public sealed class AdminReaderTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-admin-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_token_is_known_by_its_text_alone()
    {
        var config = await Loaded.GoodAsync(Json($"\"Token\": \"{Secret}\""));

        Assert.True(config.Admin.Token!.Is(Secret));
        Assert.False(config.Admin.Token.Is(Secret + "4"));
        Assert.False(config.Admin.Token.Is(Secret[..^1]));
        Assert.False(config.Admin.Token.Is(""));
        Assert.DoesNotContain(Secret, config.Admin.ToString());
    }

    [Theory]
    [InlineData("\"Token\": \"short\"", "EdgeGate:Admin:Token", "at least 16")]
    [InlineData("\"Token\": \"0123456789 abcdef\"", "EdgeGate:Admin:Token", "openssl rand")]
    [InlineData("\"TokenFile\": \"/nowhere/token\"", "EdgeGate:Admin:TokenFile", "there is no file /nowhere/token")]
    [InlineData("\"Token\": \"0123456789abcdef\", \"TokenFile\": \"x\"", "EdgeGate:Admin:TokenFile", "keep one")]
    [InlineData("\"Tokn\": \"0123456789abcdef\"", "EdgeGate:Admin:Tokn", "Did you mean 'Token'?")]
    public async Task A_token_that_is_none_is_told(string admin, string path, string said)
    {
        ConfigurationError error = await Loaded.ErrorAsync(Json(admin));

        Assert.Equal(path, error.Path);
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public async Task A_token_file_ends_where_its_text_ends()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "token"), $"  {Secret}\r\n");

        var loaded = await Loaded.FromAsync(Json("\"TokenFile\": \"token\""), _folder.FullName);

        Assert.True(loaded.Config!.Admin.Token!.Is(Secret));
    }

    private static string Json(string admin) => Loaded.Json(section: $$""", "Admin": { {{admin}} }""");
}

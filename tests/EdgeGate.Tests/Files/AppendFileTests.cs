using EdgeGate.Native;
using EdgeGate.Native.Files;

namespace EdgeGate.Tests.Files;

public sealed class AppendFileTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edgegate-append-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Two_writers_lose_nothing()
    {
        string path = Path.Combine(_folder.FullName, "log");
        using (var one = new FileStream(AppendFile.Open(path, Mode), FileAccess.Write, bufferSize: 0))
        using (var other = new FileStream(AppendFile.Open(path, Mode), FileAccess.Write, bufferSize: 0))
        {
            for (int i = 0; i < 3; i++)
            {
                one.Write("one\n"u8);
                other.Write("other\n"u8);
            }
        }

        Assert.Equal(["one", "other", "one", "other", "one", "other"], File.ReadAllLines(path));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == Mode);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named()
    {
        var error = Assert.Throws<SysException>(() => AppendFile.Open("/nowhere/log", Mode));

        Assert.Contains("/nowhere/log", error.Message, StringComparison.Ordinal);
    }
}

using System.Diagnostics;
using EdgeGate.FunctionalTests.Infrastructure;

namespace EdgeGate.FunctionalTests.Packaging;

/// <summary>A command that runs in a root file system as in a container, in a network of the test's.</summary>
internal sealed class Container : IAsyncDisposable
{
    private readonly Process _starter;
    private readonly string _user;

    private Container(Process starter, string user) => (_starter, _user) = (starter, user);

    /// <summary>Its first process, as this machine numbers it; null while it has not begun.</summary>
    public string? Id => File.ReadAllText($"/proc/{_starter.Id}/task/{_starter.Id}/children").Trim() is { Length: > 0 } id ? id : null;

    /// <summary>Starts a command.</summary>
    /// <param name="root">The root file system.</param>
    /// <param name="configuration">The folder to mount over /etc/edgegate.</param>
    /// <param name="user">UID:GID.</param>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="network">Where it is.</param>
    public static Container Start(string root, string configuration, string user, string[] command, NetworkNamespace network) => new(
        network.Do(() => Process.Start(new ProcessStartInfo("bash", [DebianRoot.Script("contain.sh"), root, configuration, user, .. command])))!,
        user);

    /// <summary>Runs another command in it, as an engine does for a health check.</summary>
    public async Task<ToolResult> ExecuteAsync(string[] command, CancellationToken token)
    {
        string[] user = _user.Split(':');
        return Id is not { } id ? new ToolResult(-1, "", "it has not begun") : await Tool.RunAsync(
            "nsenter",
            ["--target", id, "--mount", "--pid", "--net", "--ipc", "--uts", "--root", "--wd", "--setuid", user[0], "--setgid", user[1], "--", .. command],
            token);
    }

    public async Task SignalAsync(string signal, CancellationToken token) =>
        (await Tool.RunAsync("kill", ["-s", signal, Id!], token)).AssertSuccess();

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync(CancellationToken token)
    {
        await _starter.WaitForExitAsync(token);
        return _starter.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_starter.HasExited)
        {
            _starter.Kill(); // with which the kernel ends all that runs in it
        }

        await _starter.WaitForExitAsync(CancellationToken.None);
        _starter.Dispose();
    }
}

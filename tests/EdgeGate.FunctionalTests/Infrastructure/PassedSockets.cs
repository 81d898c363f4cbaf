namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>
/// A service manager's part of socket activation, in Python: opens sockets of any kind, names them in LISTEN_FDNAMES and
/// becomes the daemon. systemd-socket-activate can only open sockets of one kind.
/// </summary>
internal static class PassedSockets
{
    private const string Script = """
        import os, socket, sys
        names = []
        opened = []
        arguments = sys.argv[1:]
        while arguments and "=" in arguments[0]:
            name, kind, place = arguments.pop(0).split("=")
            family = socket.AF_UNIX if place.startswith("/") else socket.AF_INET
            s = socket.socket(family, socket.SOCK_DGRAM if kind == "dgram" else socket.SOCK_STREAM)
            if kind == "shared":
                s = socket.socket(family, socket.SOCK_DGRAM)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(place if family == socket.AF_UNIX else (place.split(":")[0], int(place.split(":")[1])))
            if kind == "stream":
                s.listen(128)
            names.append(name)
            opened.append(s)
        for i in range(len(opened)):
            os.dup2(opened[i].fileno(), 100 + i)
        for i in range(len(opened)):
            os.dup2(100 + i, 3 + i)
            os.close(100 + i)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(opened)), LISTEN_FDNAMES=":".join(names))
        os.execvp(arguments[0], arguments)
        """;

    /// <summary>The program that starts the daemon so.</summary>
    /// <param name="sockets">Each as <c>name=kind=place</c>; a kind is stream, dgram, shared (SO_REUSEPORT) or idle.</param>
    /// <param name="token">Ends an installation.</param>
    public static async Task<string[]> StarterAsync(IEnumerable<string> sockets, CancellationToken token) =>
        [await Tool.RequireAsync("python3", token), "-c", Script, .. sockets];
}

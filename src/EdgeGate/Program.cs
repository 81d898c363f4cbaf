using EdgeGate.CommandLine;
using EdgeGate.Daemon;
using EdgeGate.Native.Tls;

namespace EdgeGate;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        OpenSslDefaults.Apply(); // before a certificate is read
        Terminal terminal = Terminal.Standard();
        return EdgeGateCommand.RunAsync(
            arguments,
            new CommandHandlers
            {
                Run = (loaded, takeOver, cancellation) => GatewayDaemon.RunAsync(loaded, takeOver, announce: null, cancellation),
                Demo = cancellation => DemoCommand.RunAsync(terminal, cancellation),
            },
            terminal);
    }
}

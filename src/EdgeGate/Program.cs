using EdgeGate.CommandLine;
using EdgeGate.Daemon;

namespace EdgeGate;

internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
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

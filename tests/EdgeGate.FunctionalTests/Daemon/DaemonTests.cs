namespace EdgeGate.FunctionalTests.Daemon;

/// <summary>
/// What the tests of the real daemon share: a deadline, and that they run one after another, because they measure
/// a whole process and some of them want most of the machine.
/// </summary>
[Collection(nameof(DaemonGroup))]
public abstract class DaemonTests : IDisposable
{
    private readonly CancellationTokenSource _deadline =
        CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    protected DaemonTests() => _deadline.CancelAfter(TimeSpan.FromSeconds(90));

    protected CancellationToken Token => _deadline.Token;

    public void Dispose()
    {
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Says what was run, where the machine decides how much that is.</summary>
    protected static void Report(string text) => TestContext.Current.TestOutputHelper!.WriteLine(text);
}

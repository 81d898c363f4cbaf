using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace EdgeGate.FunctionalTests.Infrastructure;

/// <summary>Runs a theory once for each transport; further arguments follow the transport.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnEachTransportAttribute(params object[] arguments) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<GatewayTransport>().Select(Row)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private TheoryDataRow Row(GatewayTransport transport) =>
        new([transport, .. arguments]);
}

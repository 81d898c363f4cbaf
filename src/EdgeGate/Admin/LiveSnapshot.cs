namespace EdgeGate.Admin;

/// <summary>The gateway at one moment, as all who watch it share it.</summary>
/// <param name="State">The JSON of all but the connections and the plan.</param>
/// <param name="Plan">The JSON of the capacity plan and its findings; the same array for as long as it is the same plan.</param>
/// <param name="Rows">Every connection.</param>
internal sealed record LiveSnapshot(byte[] State, byte[] Plan, IReadOnlyList<ConnectionRow> Rows);

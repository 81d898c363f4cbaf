using EdgeGate.Limits.Live;

namespace EdgeGate.Limits.Overload;

/// <summary>A resource as it was measured last, and how far up the ladder it stands.</summary>
internal readonly record struct ResourceState(ResourceUse Use, OverloadLevel Level);

namespace EdgeGate.Limits.Live;

/// <summary>Something that knows how much of one or more resources is used.</summary>
internal interface IResourceMeter
{
    /// <summary>Measures; called one at a time, every half second. A resource that is not known here is left out.</summary>
    IEnumerable<ResourceUse> Measure();
}

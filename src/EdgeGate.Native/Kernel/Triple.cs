namespace EdgeGate.Native.Kernel;

/// <summary>Three numbers in one kernel setting, in the order in which the kernel writes them.</summary>
public readonly record struct Triple(long Low, long Middle, long High);

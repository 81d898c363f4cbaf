using EdgeGate.Native.Interop;

namespace EdgeGate.Native.Kernel;

/// <summary>The process's limit of open descriptors: getrlimit(2), RLIMIT_NOFILE.</summary>
/// <param name="Soft">What holds now.</param>
/// <param name="Hard">What the process may raise it to by itself.</param>
public readonly record struct DescriptorLimit(long Soft, long Hard)
{
    /// <summary>Reads the limit.</summary>
    /// <exception cref="SysException">The kernel refuses.</exception>
    public static unsafe DescriptorLimit Read()
    {
        Libc.RLimit limit;
        SysResult.From(Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit)).OrThrow("getrlimit RLIMIT_NOFILE");
        return new DescriptorLimit(Clamp(limit.Soft), Clamp(limit.Hard));
    }

    /// <summary>Raises the soft limit to the hard one and reads back what holds.</summary>
    public static unsafe DescriptorLimit Raise()
    {
        DescriptorLimit before = Read();
        if (before.Soft >= before.Hard)
        {
            return before;
        }

        var wanted = new Libc.RLimit { Soft = (ulong)before.Hard, Hard = (ulong)before.Hard };
        _ = Libc.setrlimit(Libc.RLIMIT_NOFILE, &wanted); // read back: a refusal shows in the numbers
        return Read();
    }

    /// <summary>How many descriptors this process has open, give or take the one that it takes to look.</summary>
    public static long CountOpen() =>
        Directory.EnumerateFileSystemEntries(OperatingSystem.IsLinux() ? "/proc/self/fd" : "/dev/fd").LongCount();

    // RLIM_INFINITY is all ones on Linux and 2^63 - 1 on macOS and the BSDs.
    private static long Clamp(ulong value) => value > long.MaxValue ? long.MaxValue : (long)value;
}

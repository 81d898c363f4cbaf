namespace EdgeGate.Native.Kernel;

/// <summary>Where this process runs, and so who can change the kernel's settings for it.</summary>
public enum Surroundings
{
    /// <summary>On a machine, or in a container that may set what its host may: /proc/sys can be written to.</summary>
    Host,

    /// <summary>In a container whose /proc/sys is read-only: Docker, Podman and the like.</summary>
    Container,

    /// <summary>In such a container of a Kubernetes pod.</summary>
    Pod,
}

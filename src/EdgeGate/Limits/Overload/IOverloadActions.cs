using EdgeGate.Transport.Admission;

namespace EdgeGate.Limits.Overload;

/// <summary>What the ladder can do about too much load.</summary>
internal interface IOverloadActions
{
    /// <summary>Connections that there are.</summary>
    long Connections { get; }

    /// <summary>Lets newcomers in, or not.</summary>
    void Admit(AdmissionMode mode);

    /// <summary>Gives memory back that nothing needs any more.</summary>
    Task TrimMemoryAsync();

    /// <summary>Closes idle keep-alive connections, the oldest first; gives how many.</summary>
    Task<int> CloseIdleAsync(int most);

    /// <summary>Resets the connections that hold the most memory; gives how many.</summary>
    Task<int> ResetLargestAsync(int most);
}

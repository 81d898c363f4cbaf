using System.Runtime.InteropServices;

namespace EdgeGate.Native;

/// <summary>
/// What a system call gave: a value, or an error number. It is never an exception, because on an event loop EAGAIN and
/// a reset are everyday events.
/// </summary>
public readonly struct SysResult
{
    // The kernel's own convention: a negative value is the error's number.
    private readonly nint _raw;

    private SysResult(nint raw) => _raw = raw;

    /// <summary>Whether the call failed.</summary>
    public bool Failed => _raw < 0;

    /// <summary>What the call returned (a count of bytes, a descriptor); 0 where it failed.</summary>
    public int Value => _raw < 0 ? 0 : (int)_raw;

    /// <summary>Why it failed; <see cref="Errno.None"/> where it did not.</summary>
    public Errno Error => _raw < 0 ? new Errno((int)-_raw) : Errno.None;

    /// <summary>Whether the call would have had to wait.</summary>
    public bool WouldBlock => Error == Errno.EAGAIN;

    /// <summary>What a call that failed would have given.</summary>
    public static SysResult Failure(Errno error) => new(-error.Number);

    /// <summary>Takes the result of a call that was declared with <c>SetLastError</c>, straight after it.</summary>
    internal static SysResult From(nint returned) => new(returned >= 0 ? returned : -Marshal.GetLastPInvokeError());

    /// <summary>Throws if the call failed: for start-up and binding, never on a loop.</summary>
    /// <param name="what">What was attempted, such as <c>bind 0.0.0.0:80</c>.</param>
    /// <exception cref="SysException">The call failed.</exception>
    public int OrThrow(string what) => Failed ? throw new SysException(what, Error) : Value;
}

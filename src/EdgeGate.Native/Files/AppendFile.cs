using System.Text;
using EdgeGate.Native.Interop;
using Microsoft.Win32.SafeHandles;

namespace EdgeGate.Native.Files;

/// <summary>
/// A file to whose end several processes write: open(2), O_APPEND. The framework's own append mode seeks to the end once
/// and writes at places that it counts itself, and so over what another process wrote meanwhile.
/// </summary>
public static class AppendFile
{
    /// <summary>Opens the file, or makes it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="mode">Who may do what with it if it is made, less the umask.</param>
    /// <exception cref="SysException">ENOENT, EACCES and the like; the message names the file.</exception>
    public static unsafe SafeFileHandle Open(string path, UnixFileMode mode)
    {
        int flags = SocketConstants.O_WRONLY | SocketConstants.O_CREAT | SocketConstants.O_APPEND | SocketConstants.O_CLOEXEC;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return new SafeFileHandle(SysResult.From(Libc.open(name, flags, (int)mode)).OrThrow($"open {path}"), ownsHandle: true);
        }
    }
}

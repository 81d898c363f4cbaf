using System.Diagnostics.CodeAnalysis;

namespace EdgeGate.Native.Kernel;

/// <summary>
/// The name of a kernel setting, such as <c>net.core.somaxconn</c>, proved to stay below <c>/proc/sys</c>.
/// </summary>
/// <remarks>
/// The spelling follows sysctl.d(5): the first separator met, a dot or a slash, is the separator; the other
/// one stands for a dot within a part (<c>net.ipv4.conf.eth0/100.forwarding</c> and
/// <c>net/ipv4/conf/eth0.100/forwarding</c> are the same key).
/// </remarks>
public readonly record struct SysctlKey
{
    private readonly string? _path;

    private SysctlKey(string path) => _path = path;

    /// <summary>The path below <c>/proc/sys</c>, with slashes.</summary>
    public string Path => _path ?? throw new InvalidOperationException("An empty key has no path.");

    /// <summary>The usual spelling: parts parted by dots, a dot within a part written as a slash.</summary>
    public string Name => string.Create(Path.Length, Path, static (span, path) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = path[i] switch { '/' => '.', '.' => '/', var c => c };
        }
    });

    /// <summary>Reads a key in either spelling. Anything that could leave <c>/proc/sys</c> is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SysctlKey key)
    {
        key = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var first = text.IndexOfAny(['.', '/']);
        var separator = first < 0 ? '.' : text[first];
        var other = separator == '.' ? '/' : '.';
        var parts = text.Split(separator);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = parts[i].Replace(other, '.');
            if (!IsPart(parts[i]))
            {
                return false;
            }
        }

        key = new SysctlKey(string.Join('/', parts));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _path is null ? "" : Name;

    private static bool IsPart(string part)
    {
        if (part.Length == 0 || part.All(c => c == '.'))
        {
            return false;
        }

        return part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '@' or '+');
    }
}

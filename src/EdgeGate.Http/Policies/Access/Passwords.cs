using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace EdgeGate.Http.Policies.Access;

/// <summary>
/// Users and the hashes of their passwords. bcrypt takes milliseconds by design, too long for an event loop and for every
/// request: it runs on the thread pool, a few at once, and of what was right a keyed digest is remembered, which dies with
/// the process. Whether there is such a user, the time does not tell.
/// </summary>
internal sealed class Passwords(IReadOnlyDictionary<string, string> users) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, byte[]> _right = new(StringComparer.Ordinal); // one a user, and so bounded
    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly string _nobody = BCrypt.Net.BCrypt.HashPassword(
        Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), users.Values.Select(CostOf).DefaultIfEmpty(5).Max());

    public ValueTask<PasswordVerdict> VerifyAsync(string user, string password, CancellationToken cancellation)
    {
        byte[] digest = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(password));
        return _right.TryGetValue(user, out byte[]? known) && CryptographicOperations.FixedTimeEquals(known, digest)
            ? new(PasswordVerdict.Right)
            : new(CheckAsync(user, password, digest, cancellation));
    }

    public void Dispose() => _places.Dispose();

    /// <summary>The cost of a hash such as <c>$2y$10$...</c>: two to that many rounds.</summary>
    private static int CostOf(string hash) => BCrypt.Net.BCrypt.InterrogateHash(hash).WorkFactor is { Length: > 0 } factor
        ? int.Parse(factor, System.Globalization.CultureInfo.InvariantCulture)
        : 5;

    private async Task<PasswordVerdict> CheckAsync(string user, string password, byte[] digest, CancellationToken cancellation)
    {
        if (!await _places.WaitAsync(Patience, cancellation))
        {
            return PasswordVerdict.Busy;
        }

        try
        {
            bool exists = users.TryGetValue(user, out string? hash);
            bool right = await Task.Run(() => BCrypt.Net.BCrypt.Verify(password, hash ?? _nobody), cancellation);
            if (!exists || !right)
            {
                return PasswordVerdict.Wrong;
            }

            _right[user] = digest;
            return PasswordVerdict.Right;
        }
        finally
        {
            _places.Release();
        }
    }
}

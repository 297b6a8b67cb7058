using System.Security.Cryptography;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Ui.SignIn;

/// <summary>
/// A code that signs in once, for ten minutes, with what the first token gives: for the link that the first start prints. Only its hash is kept. Thread safe.
/// </summary>
internal sealed class OneTimeCode(ProjectDirectory projects, TimeProvider clock)
{
    private const int CodeBytes = 32;

    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(10);

    // Guards the code.
    private readonly Lock _gate = new();
    private byte[]? _hash;
    private DateTimeOffset _end;

    /// <summary>Makes a code, which replaces the one before.</summary>
    public string Make()
    {
        string code = SecretFile.RandomText(CodeBytes);
        lock (_gate)
        {
            _hash = HashOf(code);
            _end = clock.GetUtcNow() + _lifetime;
        }

        return code;
    }

    /// <summary>Whether a code would sign in.</summary>
    public bool IsGood(string code)
    {
        lock (_gate)
        {
            return _hash is not null && clock.GetUtcNow() < _end && CryptographicOperations.FixedTimeEquals(HashOf(code), _hash);
        }
    }

    /// <summary>Spends a code. Returns what the first token that may read gives; null when the code is wrong, old or spent.</summary>
    public AuthenticatedProject? Spend(string code)
    {
        lock (_gate)
        {
            if (!IsGood(code))
            {
                return null;
            }

            _hash = null;
            return projects.FindFirstReader();
        }
    }

    private static byte[] HashOf(string code) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code));
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TimeSeries.Hosting.Configuration;

namespace TimeSeries.Hosting.Projects;

/// <summary>
/// SHA-256 of a token: what is kept in memory instead of the token, and what look-ups go by, so that no comparison depends on the token's text.
/// </summary>
public readonly record struct TokenHash(ulong First, ulong Second, ulong Third, ulong Fourth)
{
    /// <summary>Bytes that <see cref="CopyTo"/> writes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    public static TokenHash OfToken(ReadOnlySpan<char> token)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        int length = Encoding.UTF8.GetBytes(token, utf8);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8.AsSpan(0, length), hash);
        return FromBytes(hash);
    }

    /// <summary>The hash that 64 hexadecimal digits say, or null.</summary>
    public static TokenHash? Parse(string digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        return digits.Length == 2 * hash.Length && Convert.FromHexString(digits, hash, out _, out _) == System.Buffers.OperationStatus.Done
            ? FromBytes(hash)
            : null;
    }

    /// <summary>The hash of a configured token, or null when it is not configured rightly.</summary>
    public static TokenHash? Of(TokenOptions options) => options.Secret.Length > 0 ? OfToken(options.Secret) : Parse(options.Sha256);

    /// <summary>Compares in constant time.</summary>
    public bool Matches(TokenHash other) =>
        ((First ^ other.First) | (Second ^ other.Second) | (Third ^ other.Third) | (Fourth ^ other.Fourth)) == 0;

    /// <summary>64 hexadecimal digits, which <see cref="Parse"/> reads.</summary>
    public string ToText()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Second);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Third);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Fourth);
    }

    /// <summary>The hash that <see cref="CopyTo"/> wrote.</summary>
    public static TokenHash FromBytes(ReadOnlySpan<byte> hash) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]), BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]));
}

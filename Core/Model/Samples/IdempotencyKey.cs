using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// An idempotency key in its project and its agent (or, without agent, its token): the first half of a SHA-256, which no two keys share by chance
/// or on purpose, and which takes the same few bytes however long the texts are.
/// </summary>
public readonly record struct IdempotencyKey(ulong First, ulong Second)
{
    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public const int Size = 16;

    // The scopes must not meet, whatever the texts are.
    private const byte AgentScope = 1;
    private const byte TokenScope = 2;
    private const byte BodyScope = 3;

    /// <summary>The key of a batch that names its agent.</summary>
    public static IdempotencyKey OfAgent(long pcode, int oid, ReadOnlySpan<byte> oname, ReadOnlySpan<byte> id)
    {
        Span<byte> scope = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(scope, oid);
        return Of(AgentScope, pcode, scope, oname, id);
    }

    /// <summary>The key of a batch that names no agent, by the hash of the token that it came with.</summary>
    public static IdempotencyKey OfToken(long pcode, ReadOnlySpan<byte> tokenHash, ReadOnlySpan<byte> id) => Of(TokenScope, pcode, tokenHash, [], id);

    /// <summary>The key of a push that has none of its own, by a hash of its body: a push with equal bytes is a repeat of it.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="endpoint">What the push was sent to, and with which parameters, UTF-8.</param>
    /// <param name="bodyHash">The hash of the inflated body.</param>
    public static IdempotencyKey OfBody(long pcode, ReadOnlySpan<byte> endpoint, UInt128 bodyHash)
    {
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(hash, bodyHash);
        return Of(BodyScope, pcode, [], endpoint, hash);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IdempotencyKey Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(source), BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));

    /// <summary>Writes the key as the WAL and the journal keep it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Second);
    }

    private static IdempotencyKey Of(byte kind, long pcode, ReadOnlySpan<byte> scope, ReadOnlySpan<byte> name, ReadOnlySpan<byte> id)
    {
        // Lengths go in too, so that a byte moved from one text to the next makes another key.
        Span<byte> head = stackalloc byte[1 + sizeof(long) + 2 * sizeof(int)];
        head[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], pcode);
        BinaryPrimitives.WriteInt32LittleEndian(head[9..], name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[13..], id.Length);
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(head);
        sha.AppendData(scope);
        sha.AppendData(name);
        sha.AppendData(id);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        sha.GetHashAndReset(hash);
        return Read(hash);
    }
}

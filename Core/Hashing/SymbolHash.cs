using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Aes = System.Runtime.Intrinsics.X86.Aes;

namespace TimeSeries.Core.Hashing;

/// <summary>
/// A quick 32-bit hash of short texts for tables in memory, with a secret of the process: who knows the function and not the secret can't aim at a slot.
/// AES rounds, sixteen bytes at a time: two of each block (after a single one, differences of a block could cancel those of the next whatever the secret), and
/// one more at the end. Without these instructions it is XXH3. Never stored.
/// </summary>
public static class SymbolHash
{
    /// <summary>A table that is half empty has no row of so many full slots by chance: one that has takes a secret of its own.</summary>
    public const int MostProbes = 128;

    private static readonly HashKeys _keys = HashKeys.Random();
    private static readonly long _seed = (long)RandomSeed();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(ReadOnlySpan<byte> text) => Aes.IsSupported ? ByAes(text, in _keys) : (uint)XxHash3.HashToUInt64(text, _seed);

    /// <summary>A hash with a secret of its own, for a table that many texts have led to the same slots of.</summary>
    public static uint Of(ReadOnlySpan<byte> text, ulong secret) => (uint)XxHash3.HashToUInt64(text, (long)secret);

    /// <summary>A new secret; never zero.</summary>
    public static ulong RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return MemoryMarshal.Read<ulong>(bytes) | 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint ByAes(ReadOnlySpan<byte> text, in HashKeys keys)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        Vector128<byte> state = keys.Start;
        int i = 0;
        for (; i + 16 < text.Length; i += 16)
        {
            state = Aes.Encrypt(Aes.Encrypt(state ^ Vector128.LoadUnsafe(ref start, (nuint)i), keys.First), keys.Second);
        }

        state = Aes.Encrypt(Aes.Encrypt(state ^ Tail(ref start, text.Length), keys.First), keys.Second);
        return Aes.Encrypt(state ^ Vector128.CreateScalar((uint)text.Length).AsByte(), keys.First).AsUInt32().ToScalar();
    }

    // The last sixteen bytes, some of which may have been hashed before; of a shorter text all of it. The length is hashed too, so nothing needs telling apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Tail(ref byte start, int length)
    {
        if (length >= 16)
        {
            return Vector128.LoadUnsafe(ref start, (nuint)(length - 16));
        }

        if (length >= 8)
        {
            return Vector128.Create(
                Unsafe.ReadUnaligned<ulong>(ref start), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8))).AsByte();
        }

        if (length >= 4)
        {
            return Vector128.Create(
                Unsafe.ReadUnaligned<uint>(ref start), Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4)), 0, 0).AsByte();
        }

        uint tail = 0;
        for (int i = 0; i < length; i++)
        {
            tail |= (uint)Unsafe.Add(ref start, i) << (8 * i);
        }

        return Vector128.CreateScalar(tail).AsByte();
    }
}

/// <summary>The secret of a process.</summary>
internal readonly record struct HashKeys(Vector128<byte> Start, Vector128<byte> First, Vector128<byte> Second)
{
    public static HashKeys Random() => new(RandomKey(), RandomKey(), RandomKey());

    private static Vector128<byte> RandomKey()
    {
        Span<byte> bytes = stackalloc byte[Vector128<byte>.Count];
        RandomNumberGenerator.Fill(bytes);
        return Vector128.Create((ReadOnlySpan<byte>)bytes);
    }
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.Intrinsics;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// A request body made beforehand, with room for the request's head before it. Before each sending its times and ids are overwritten in place,
/// so that sending costs the sender next to nothing and no receiver sees a body twice. Not thread safe.
/// </summary>
internal sealed class PreparedBody
{
    /// <summary>Length of an id in hexadecimal digits: 64 bits, as a span's id has.</summary>
    public const int IdBytes = 16;

    /// <summary>What a state of the id sequence grows by for each id.</summary>
    // Odd, so that every 64-bit state is reached; 2^64 divided by the golden ratio (SplitMix64, Steele, Lea and Flood 2014).
    internal const ulong IdStep = 0x9E3779B97F4A7C15;

    private readonly int[] _timePlaces;
    private readonly int[] _idPlaces;
    private readonly int[] _ages;
    private readonly TimeLayout _timeLayout;

    /// <param name="body">The body as written; copied.</param>
    /// <param name="headRoom">Bytes kept free before it.</param>
    /// <param name="places">Offsets in the body.</param>
    /// <param name="ages">How many ms each sample is older than the moment it is sent.</param>
    public PreparedBody(ReadOnlySpan<byte> body, int headRoom, PatchPlaces places, int[] ages)
    {
        HeadRoom = headRoom;
        Bytes = new byte[headRoom + body.Length];
        body.CopyTo(Bytes.AsSpan(headRoom));
        _timePlaces = [.. places.Times];
        _idPlaces = [.. places.Ids];
        for (int i = 0; i < _timePlaces.Length; i++)
        {
            _timePlaces[i] += headRoom;
        }

        for (int i = 0; i < _idPlaces.Length; i++)
        {
            _idPlaces[i] += headRoom;
        }

        _timeLayout = places.TimeLayout;
        _ages = ages;
    }

    public int HeadRoom { get; }

    public byte[] Bytes { get; }

    public int Length => Bytes.Length - HeadRoom;

    public ReadOnlySpan<byte> Body => Bytes.AsSpan(HeadRoom);

    public int SampleCount => _ages.Length;

    /// <summary>Gives every sample a time just before now and a fresh id.</summary>
    /// <param name="nowMilliseconds">Now, in ms since the Unix epoch.</param>
    /// <param name="idState">Where the ids go on; no two states of one sequence give the same id.</param>
    public void Patch(long nowMilliseconds, ref ulong idState)
    {
        switch (_timeLayout)
        {
            case TimeLayout.BigEndian:
                PatchBigEndian(nowMilliseconds);
                break;
            case TimeLayout.LittleEndian:
                PatchLittleEndian(nowMilliseconds);
                break;
            case TimeLayout.Digits:
                PatchDigits(nowMilliseconds);
                break;
        }

        PatchIds(ref idState);
    }

    private void PatchBigEndian(long now)
    {
        Span<byte> bytes = Bytes;
        int[] ages = _ages;
        int[] places = _timePlaces;
        for (int i = 0; i < places.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes[places[i]..], now - ages[i]);
        }
    }

    private void PatchLittleEndian(long now)
    {
        Span<byte> bytes = Bytes;
        int[] ages = _ages;
        int[] places = _timePlaces;
        for (int i = 0; i < places.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[places[i]..], now - ages[i]);
        }
    }

    private void PatchDigits(long now)
    {
        Span<byte> bytes = Bytes;
        for (int i = 0; i < _timePlaces.Length; i++)
        {
            Utf8Formatter.TryFormat(now - _ages[i], bytes[_timePlaces[i]..], out _);
        }
    }

    private void PatchIds(ref ulong idState)
    {
        ulong state = idState;
        foreach (int place in _idPlaces)
        {
            Hexadecimal(Mix(state += IdStep)).CopyTo(Bytes, place);
        }

        idState = state;
    }

    // All sixteen digits at once: each byte twice, its upper half kept in the first and its lower half in the second, then looked up.
    private static Vector128<byte> Hexadecimal(ulong id)
    {
        Vector128<byte> twice = Vector128.Shuffle(
            Vector128.CreateScalar(id).AsByte(), Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));
        Vector128<ushort> pairs = twice.AsUInt16();
        Vector128<ushort> halves = ((pairs >>> 4) & Vector128.Create((ushort)0x000F)) | (pairs & Vector128.Create((ushort)0x0F00));
        return Vector128.Shuffle(Vector128.Create("0123456789abcdef"u8), halves.AsByte());
    }

    // A permutation of all 64-bit numbers: different states stay different.
    private static ulong Mix(ulong state)
    {
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}

/// <summary>Where in a body the values lie that change from one sending to the next.</summary>
internal sealed class PatchPlaces
{
    /// <summary>How the times are laid out.</summary>
    public TimeLayout TimeLayout { get; set; }

    /// <summary>Offsets of the times, in the order of samples.</summary>
    public List<int> Times { get; } = [];

    /// <summary>Offsets of the ids, each <see cref="PreparedBody.IdBytes"/> hexadecimal digits long.</summary>
    public List<int> Ids { get; } = [];
}

/// <summary>How a time lies in a prepared body, and so how it is patched.</summary>
internal enum TimeLayout
{
    /// <summary>Eight bytes, the highest first: a MessagePack integer.</summary>
    BigEndian,

    /// <summary>Eight bytes, the lowest first: a packed column.</summary>
    LittleEndian,

    /// <summary>Thirteen decimal digits: JSON.</summary>
    Digits,
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.Intrinsics;
using TimeSeries.Benchmarks.Wire.Fresh;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// A request body made beforehand, with room for the request's head before it. Before each sending its times and ids are overwritten in place, and all
/// other values where they are drawn again, so that sending costs the sender little and no receiver sees a body twice. Not thread safe.
/// </summary>
internal sealed class PreparedBody
{
    /// <summary>Length of an id in hexadecimal digits: 64 bits, as a span's id has.</summary>
    public const int IdBytes = 16;

    /// <summary>What a state of the id sequence grows by for each id.</summary>
    internal const ulong IdStep = SplitMix.Step;

    private readonly int[] _timePlaces;
    private readonly int[] _idPlaces;
    private readonly int[] _ages;
    private readonly TimeLayout _timeLayout;
    private readonly FreshRows? _fresh;

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
        _fresh = places.Values is null ? null : new FreshRows(places.Values);
    }

    public int HeadRoom { get; }

    public byte[] Bytes { get; }

    public int Length => Bytes.Length - HeadRoom;

    public ReadOnlySpan<byte> Body => Bytes.AsSpan(HeadRoom);

    public int SampleCount => _ages.Length;

    /// <summary>Gives every sample a time just before now, a fresh id, and other values if they are drawn again.</summary>
    /// <param name="nowMilliseconds">Now, in ms since the Unix epoch.</param>
    /// <param name="idState">Where the ids and other random numbers go on; no two states of one sequence give the same id.</param>
    public void Patch(long nowMilliseconds, ref ulong idState)
    {
        Span<byte> body = Bytes.AsSpan(HeadRoom);
        _fresh?.Begin(body, ref idState);
        for (int first = 0; first < _ages.Length; first += FreshColumn.BlockRows)
        {
            int count = Math.Min(FreshColumn.BlockRows, _ages.Length - first);
            PatchTimes(nowMilliseconds, first, count);
            PatchIds(first, count, ref idState);
            _fresh?.Patch(body, first, count, ref idState);
        }
    }

    private void PatchTimes(long now, int first, int count)
    {
        if (_timePlaces.Length == 0)
        {
            return;
        }

        ReadOnlySpan<int> places = _timePlaces.AsSpan(first, count);
        ReadOnlySpan<int> ages = _ages.AsSpan(first, count);
        switch (_timeLayout)
        {
            case TimeLayout.BigEndian:
                PatchBigEndian(now, places, ages);
                break;
            case TimeLayout.LittleEndian:
                PatchLittleEndian(now, places, ages);
                break;
            case TimeLayout.Digits:
                PatchDigits(now, places, ages);
                break;
        }
    }

    private void PatchBigEndian(long now, ReadOnlySpan<int> places, ReadOnlySpan<int> ages)
    {
        Span<byte> bytes = Bytes;
        for (int i = 0; i < places.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes[places[i]..], now - ages[i]);
        }
    }

    private void PatchLittleEndian(long now, ReadOnlySpan<int> places, ReadOnlySpan<int> ages)
    {
        Span<byte> bytes = Bytes;
        for (int i = 0; i < places.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes[places[i]..], now - ages[i]);
        }
    }

    private void PatchDigits(long now, ReadOnlySpan<int> places, ReadOnlySpan<int> ages)
    {
        Span<byte> bytes = Bytes;
        for (int i = 0; i < places.Length; i++)
        {
            Utf8Formatter.TryFormat(now - ages[i], bytes[places[i]..], out _);
        }
    }

    private void PatchIds(int first, int count, ref ulong idState)
    {
        if (_idPlaces.Length == 0)
        {
            return;
        }

        ulong state = idState;
        foreach (int place in _idPlaces.AsSpan(first, count))
        {
            Hexadecimal(SplitMix.Next(ref state)).CopyTo(Bytes, place);
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

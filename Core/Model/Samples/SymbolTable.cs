using System.Numerics;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Model.Samples;

/// <summary>
/// Texts of one column, each with a code: an append-only arena with an index of what is in it. One writer at a time;
/// <see cref="View"/> may be read by any thread afterwards, since what it shows is never changed in place.
/// </summary>
public sealed class SymbolTable
{
    private const int SmallestIndex = 64;

    // Texts that are looked up together; their hashes stand on the stack.
    private const int PassTexts = 128;

    /// <summary>The bits of the hashes of tables made from now on; tests have none, so that all hashes are equal.</summary>
    internal static uint HashBits { get; set; } = uint.MaxValue;

    private readonly LargeArrayPool? _pool;
    private readonly uint _hashBits = HashBits;
    private byte[] _bytes = [];
    private int[] _ends = [];
    private int[] _hashes = [];
    private int[] _slots = [];

    // Slots in use, a power of two; the array may be longer.
    private int _slotCount;
    private int _indexed;

    // The table's own secret once texts led to the same slots; before, 0.
    private ulong _secret;

    // Whether a view may show the array: then it is not changed, nor given back before the table is released.
    private bool _bytesShown;
    private bool _endsShown;

    public SymbolTable()
    {
    }

    /// <summary>A table with room for so many texts, whose arrays come from a pool and go back by <see cref="Release"/>.</summary>
    internal SymbolTable(LargeArrayPool pool, int texts, int textBytes)
    {
        _pool = pool;
        Reserve(texts, textBytes);
    }

    /// <summary>How many texts there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all texts together.</summary>
    public int TextBytes => Count == 0 ? 0 : _ends[Count - 1];

    /// <summary>Whether all texts came through <see cref="Intern(ReadOnlySpan{byte})"/>, so that none stands twice.</summary>
    public bool Distinct { get; private set; } = true;

    /// <summary>Whether so many texts led to the same slots that the table hashes with a secret of its own.</summary>
    internal bool HasSecret => _secret != 0;

    /// <summary>Bytes of memory held.</summary>
    public long AllocatedBytes => _bytes.Length + ((long)_ends.Length + _hashes.Length + _slots.Length) * sizeof(int);

    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            int start = code == 0 ? 0 : _ends[code - 1];
            return _bytes.AsSpan(start, _ends[code] - start);
        }
    }

    /// <summary>The code of a text, which is added when it is new.</summary>
    public int Intern(ReadOnlySpan<byte> text) => Intern(text, HashOf(text));

    /// <summary>
    /// Interns all texts of another dictionary and writes the code of each. Quicker than one by one: what is looked at lies all over memory, and in passes over
    /// many texts the processor does not wait for one before it fetches for the next.
    /// </summary>
    public void InternAll(SymbolView texts, Span<int> codes)
    {
        Span<int> hashes = stackalloc int[PassTexts];
        for (int first = 0; first < texts.Count; first += PassTexts)
        {
            int count = Math.Min(PassTexts, texts.Count - first);
            Span<int> found = codes.Slice(first, count);
            ulong secret = _secret;
            for (int i = 0; i < count; i++)
            {
                hashes[i] = HashOf(texts[first + i]);
            }

            Guess(hashes[..count], found);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> text = texts[first + i];
                if (found[i] < 0 || !ShortTexts.AreEqual(this[found[i]], text))
                {
                    found[i] = Intern(text, secret == _secret ? hashes[i] : HashOf(text));
                }
            }
        }
    }

    // The first code that each hash leads to, where it has that hash; else −1.
    private void Guess(ReadOnlySpan<int> hashes, Span<int> codes)
    {
        if (_indexed < Count || _slotCount == 0)
        {
            codes.Fill(-1);
            return;
        }

        int mask = _slotCount - 1;
        for (int i = 0; i < hashes.Length; i++)
        {
            codes[i] = _slots[hashes[i] & mask] - 1;
        }

        for (int i = 0; i < hashes.Length; i++)
        {
            int code = codes[i];
            codes[i] = code >= 0 && _hashes[code] == hashes[i] ? code : -1;
        }
    }

    private int Intern(ReadOnlySpan<byte> text, int hash)
    {
        if (_indexed < Count || (Count + 1) * 2 > _slotCount)
        {
            ulong secret = _secret;
            Index();
            hash = secret == _secret ? hash : HashOf(text);
        }

        int mask = _slotCount - 1;
        for (int slot = hash & mask, probes = 0; ; slot = (slot + 1) & mask, probes++)
        {
            int code = _slots[slot] - 1;
            if (code < 0)
            {
                if (probes >= SymbolHash.MostProbes && _secret == 0)
                {
                    TakeSecret();
                    return Intern(text);
                }

                code = Append(text);
                ReserveHashes();
                _hashes[code] = hash;
                _slots[slot] = code + 1;
                _indexed = Count;
                return code;
            }

            if (_hashes[code] == hash && ShortTexts.AreEqual(this[code], text))
            {
                return code;
            }
        }
    }

    /// <summary>Adds a text without looking whether it is there already: for columns whose texts hardly repeat.</summary>
    public int Add(ReadOnlySpan<byte> text)
    {
        Distinct = false;
        return Append(text);
    }

    /// <summary>Adds all texts of another dictionary, in their order, without looking; returns the code of the first.</summary>
    public int AddAll(SymbolView texts)
    {
        int first = Count;
        if (texts.Count == 0)
        {
            return first;
        }

        Distinct = false;
        int textBytes = texts.Ends[texts.Count - 1];
        int offset = TextBytes;
        Reserve(texts.Count, textBytes);
        texts.Bytes.AsSpan(0, textBytes).CopyTo(_bytes.AsSpan(offset));
        for (int i = 0; i < texts.Count; i++)
        {
            _ends[Count + i] = offset + texts.Ends[i];
        }

        Count += texts.Count;
        return first;
    }

    /// <summary>What the table holds now; stays as it is while the table grows.</summary>
    public SymbolView View()
    {
        _bytesShown = true;
        _endsShown = true;
        return new SymbolView(this, _bytes, _ends, Count, Distinct);
    }

    /// <summary>Empties the table and keeps its memory. Only for an owner whose views are all gone.</summary>
    public void Clear()
    {
        Count = 0;
        Distinct = true;
        Array.Clear(_slots, 0, _slotCount);
        _indexed = 0;
        _secret = 0;
    }

    /// <summary>Fills an empty table with texts that stand one behind the other, without looking; the lengths add up to the bytes.</summary>
    /// <param name="bytes">All texts.</param>
    /// <param name="lengths">The length of each.</param>
    /// <param name="distinct">Whether none stands twice.</param>
    internal void Load(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> lengths, bool distinct)
    {
        Reserve(lengths.Length, bytes.Length);
        bytes.CopyTo(_bytes);
        Span<int> ends = _ends;
        int end = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            end += lengths[i];
            ends[i] = end;
        }

        Count = lengths.Length;
        Distinct = distinct;
    }

    /// <summary>
    /// Overwrites a text that no row means any more with question marks: what is no valid text must not outlive its samples.
    /// Only for an owner whose views are all gone.
    /// </summary>
    public void Blank(int code)
    {
        int start = code == 0 ? 0 : _ends[code - 1];
        _bytes.AsSpan(start, _ends[code] - start).Fill((byte)'?');
        Distinct = false;
        _indexed = 0;
    }

    /// <summary>Gives up the index, for an owner that adds nothing any more (or nothing that needs looking up).</summary>
    internal void DropIndex()
    {
        GiveBack(ref _slots);
        GiveBack(ref _hashes);
        _slotCount = 0;
        _indexed = 0;
    }

    /// <summary>Gives all arrays back to their pool. Only for an owner whose views are all gone.</summary>
    internal void Release()
    {
        DropIndex();
        GiveBack(ref _ends);
        _pool?.Return(_bytes);
        _bytes = [];
        Count = 0;
    }

    private int Append(ReadOnlySpan<byte> text)
    {
        int start = TextBytes;
        Reserve(1, text.Length);
        text.CopyTo(_bytes.AsSpan(start));
        _ends[Count] = start + text.Length;
        return Count++;
    }

    private void Reserve(int texts, int textBytes)
    {
        if (TextBytes + (long)textBytes > _bytes.Length)
        {
            GrowBytes(TextBytes + (long)textBytes);
        }

        if (Count + texts > _ends.Length)
        {
            GrowEnds(Count + texts);
        }
    }

    private void GrowBytes(long needed)
    {
        byte[] grown = MakeBytes(Grow(_bytes.Length, needed));
        _bytes.AsSpan(0, TextBytes).CopyTo(grown);
        if (!_bytesShown)
        {
            _pool?.Return(_bytes);
        }

        _bytes = grown;
        _bytesShown = false;
    }

    private void GrowEnds(int needed)
    {
        int[] grown = MakeCodes(Grow(_ends.Length, needed));
        _ends.AsSpan(0, Count).CopyTo(grown);
        if (!_endsShown)
        {
            _pool?.Return(_ends);
        }

        _ends = grown;
        _endsShown = false;
    }

    private void ReserveHashes()
    {
        if (_hashes.Length < _ends.Length)
        {
            int[] grown = MakeCodes(_ends.Length);
            _hashes.AsSpan().CopyTo(grown);
            GiveBack(ref _hashes);
            _hashes = grown;
        }
    }

    private int HashOf(ReadOnlySpan<byte> text) =>
        _secret == 0 ? (int)(SymbolHash.Of(text) & _hashBits) : (int)SymbolHash.Of(text, _secret);

    private bool IsSame(int code, int other) => _hashes[code] == _hashes[other] && ShortTexts.AreEqual(this[code], this[other]);

    // Someone knows the hash after all. The next is of this table alone.
    private void TakeSecret()
    {
        _secret = SymbolHash.RandomSeed();
        _indexed = 0;
        Index();
    }

    // A table that had texts added unseen is indexed whole when the first text is interned again.
    private void Index()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(SmallestIndex, (Count + 1) * 4));
        if (size > _slots.Length)
        {
            GiveBack(ref _slots);
            _slots = MakeCodes(size);
        }

        _slotCount = Math.Max(size, _slotCount);
        Array.Clear(_slots, 0, _slotCount);
        ReserveHashes();
        int mask = _slotCount - 1;
        for (int code = 0; code < Count; code++)
        {
            int hash = code < _indexed ? _hashes[code] : HashOf(this[code]);
            _hashes[code] = hash;
            int slot = hash & mask;
            int probes = 0;
            while (_slots[slot] != 0 && !IsSame(_slots[slot] - 1, code))
            {
                slot = (slot + 1) & mask;
                probes++;
            }

            if (probes >= SymbolHash.MostProbes && _secret == 0)
            {
                TakeSecret();
                return;
            }

            // The first of texts that stand twice is the one to be found.
            if (_slots[slot] == 0)
            {
                _slots[slot] = code + 1;
            }
        }

        _indexed = Count;
    }

    private byte[] MakeBytes(int length) => _pool?.Rent<byte>(length) ?? GC.AllocateUninitializedArray<byte>(length);

    private int[] MakeCodes(int length) => _pool?.Rent<int>(length) ?? GC.AllocateUninitializedArray<int>(length);

    private void GiveBack(ref int[] array)
    {
        _pool?.Return(array);
        array = [];
    }

    private static int Grow(int size, long needed) => checked((int)Math.Min(Array.MaxLength, Math.Max(needed, Math.Max(16, size * 2L))));
}

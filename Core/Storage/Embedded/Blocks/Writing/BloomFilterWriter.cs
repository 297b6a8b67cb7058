using System.Runtime.InteropServices;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Threads;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Writing;

/// <summary>
/// Makes the Bloom filters of the parts of a text column, one part after the other, and appends them page by page. Holds up to two bytes a text meanwhile,
/// which go back to the pool. Not thread safe.
/// </summary>
internal sealed class BloomFilterWriter(LargeArrayPool pool, CooperativeYield throttle)
{
    // Pages are of about so many bytes or more: short enough to be read for one text, long enough that their checksums don't count.
    private const int PageBytes = 4_096;

    // About a tenth of a millisecond.
    private const int RowsAStep = 8_192;

    private readonly List<int> _linesOfParts = [];
    private byte[] _bits = [];
    private int _used;
    private long _texts;
    private int _pages;

    /// <summary>Begins the filters of parts that have at most so many texts together.</summary>
    public void Begin(long texts)
    {
        _linesOfParts.Clear();
        _used = 0;
        _texts = texts;
        _pages = 0;
    }

    /// <summary>Adds the next part: the texts that the codes mean. One with few texts gets no filter.</summary>
    public void Add(ReadOnlySpan<int> codes, SymbolView symbols)
    {
        int texts = codes.Length - codes.Count(TextColumn.Missing);
        if (texts < BloomFilterIndex.FewestTexts)
        {
            _linesOfParts.Add(0);
            return;
        }

        int allLines = LinesFor(texts);
        _pages = _pages == 0 ? PagesFor(allLines) : _pages;
        int lines = (allLines + _pages - 1) / _pages;
        _linesOfParts.Add(lines);
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(Take(lines * _pages * BloomLine.Bytes));
        for (int row = 0; row < codes.Length; row++)
        {
            if (row % RowsAStep == 0)
            {
                throttle.Step();
            }

            if (codes[row] != TextColumn.Missing)
            {
                ulong hash = BloomLine.HashOf(symbols[codes[row]]);
                int line = (BloomLine.PageOf(hash, _pages) * lines) + BloomLine.LineOf(hash, _pages, lines);
                BloomLine.Add(words, line, hash);
            }
        }
    }

    /// <summary>Appends the pages of all parts; says where they are.</summary>
    public BloomFilterIndex Append(BlockFileWriter writer, ByteWriter scratch)
    {
        if (_pages == 0)
        {
            return BloomFilterIndex.None;
        }

        long offset = writer.Position;
        for (int page = 0; page < _pages; page++)
        {
            scratch.Clear();
            int start = 0;
            foreach (int lines in _linesOfParts)
            {
                int bytes = lines * BloomLine.Bytes;
                scratch.Bytes(_bits.AsSpan(start + (page * bytes), bytes));
                start += bytes * _pages;
            }

            writer.Append(scratch.Written);
        }

        return new BloomFilterIndex(offset, _pages, [.. _linesOfParts]);
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        pool.Return(_bits);
        _bits = [];
    }

    private static int LinesFor(long texts) => (int)((texts * BloomFilterIndex.BitsPerText / 8 + BloomLine.Bytes - 1) / BloomLine.Bytes);

    // As many as make a page long enough. Lines of the first part, which mostly is a whole one, are cut into equal slices.
    private int PagesFor(int lines)
    {
        long most = Math.Max(1, LinesFor(_texts) * (long)BloomLine.Bytes / PageBytes);
        int linesOfPage = (int)((lines + most - 1) / most);
        return (lines + linesOfPage - 1) / linesOfPage;
    }

    private Span<byte> Take(int bytes)
    {
        if (_bits.Length - _used < bytes)
        {
            byte[] longer = pool.Rent<byte>(Math.Max(_used + bytes, _used * 2));
            _bits.AsSpan(0, _used).CopyTo(longer);
            pool.Return(_bits);
            _bits = longer;
        }

        Span<byte> taken = _bits.AsSpan(_used, bytes);
        taken.Clear();
        _used += bytes;
        return taken;
    }
}

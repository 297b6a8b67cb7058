using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Catalog;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>What a check of one block came to: which parts can't be read, and how many samples lie in them. Used by one thread at a time.</summary>
internal sealed class BlockCheck(BlockEntry entry)
{
    private readonly List<(long Offset, string Reason)> _places = [];
    private readonly HashSet<Extent> _parts = [];
    private readonly HashSet<int> _chunks = [];
    private bool _isWhole = true;
    private bool _costsSpeedAlone = true;

    public BlockEntry Entry { get; } = entry;

    /// <summary>Where the parts are; null when that can't be read.</summary>
    public BlockIndex? Index { get; set; }

    public bool IsDamaged => _places.Count > 0;

    /// <summary>Whether the bytes themselves are wrong: what the disk or the system refuses to read may be readable later.</summary>
    public bool IsCertain { get; private set; }

    /// <summary>The samples that can't be read whole.</summary>
    public long LostRows => _isWhole ? _chunks.Sum(chunk => (long)Index!.Chunks[chunk].RowCount) : Entry.RowCount;

    /// <summary>Notes that nothing of the block can be read.</summary>
    public void AddWhole(long offset, string reason, Exception? cause)
    {
        _isWhole = false;
        Add(offset, reason, cause);
    }

    /// <summary>Notes a place that costs no sample.</summary>
    public void AddPlace(long offset, string reason, Exception? cause) => Add(offset, reason, cause);

    /// <summary>Notes a part.</summary>
    public void AddPart(Extent part, string reason, Exception? cause)
    {
        _parts.Add(part);
        Add(part.Offset, reason, cause);
    }

    /// <summary>Notes a filter, which queries do without.</summary>
    public void AddFilter(long offset, string reason) => _places.Add((offset, reason));

    /// <summary>Notes that the rows of a chunk are not whole.</summary>
    public void Lose(int chunk) => _chunks.Add(chunk);

    /// <summary>Reports each place; the samples count with the first.</summary>
    /// <returns>Whether any is new.</returns>
    public bool Report(DamageRegister register, string path)
    {
        bool isNew = false;
        long lost = LostRows;
        foreach ((long offset, string reason) in _places)
        {
            isNew |= register.Report(new FoundDamage(StoredFile.Block, path, offset, reason, LossText(), lost));
            lost = 0;
        }

        return isNew;
    }

    /// <summary>What queries miss without the whole block.</summary>
    public ImmutableArray<LostSection> WholeSections() => Index is { } index
        ? [.. index.Sections.Select(section => Lost(section.Pcode, section.RowCount, section.FirstTime, section.LastTime))]
        : [Lost(null, Entry.RowCount, Entry.FirstTime, Entry.LastTime)];

    /// <summary>What queries miss with all that <see cref="Readable"/> has.</summary>
    public ImmutableArray<LostSection> LostSections()
    {
        if (!_isWhole || Index is not { } index)
        {
            return WholeSections();
        }

        List<LostSection> sections = [];
        foreach (SectionIndex section in index.Sections)
        {
            ChunkIndex[] lost = [.. Enumerable.Range(section.FirstChunk, section.ChunkCount).Where(_chunks.Contains).Select(chunk => index.Chunks[chunk])];
            if (lost.Length > 0)
            {
                sections.Add(Lost(section.Pcode, lost.Sum(chunk => (long)chunk.RowCount), lost[0].FirstTime, lost[^1].LastTime));
            }
        }

        return [.. sections];
    }

    /// <summary>The index of what can be read: without filters, damaged rollups and chunks whose rows are not whole. Null when nothing is left.</summary>
    public BlockIndex? Readable()
    {
        if (!_isWhole || Index is not { } index || LostRows == Entry.RowCount)
        {
            return null;
        }

        List<int> kept = [];
        List<SectionIndex> sections = [];
        foreach (SectionIndex section in index.Sections)
        {
            int[] chunks = [.. Enumerable.Range(section.FirstChunk, section.ChunkCount).Where(chunk => !_chunks.Contains(chunk))];
            if (chunks.Length == 0)
            {
                continue;
            }

            // A rollup of rows that are gone would count them.
            bool isWhole = chunks.Length == section.ChunkCount;
            sections.Add(new SectionIndex
            {
                Pcode = section.Pcode,
                RowCount = chunks.Sum(chunk => index.Chunks[chunk].RowCount),
                FirstChunk = kept.Count,
                ChunkCount = chunks.Length,
                FirstTime = index.Chunks[chunks[0]].FirstTime,
                LastTime = index.Chunks[chunks[^1]].LastTime,
                Rollups = isWhole && !section.Rollups.Any(rollup => _parts.Contains(rollup.Extent)) ? section.Rollups : [],
            });
            kept.AddRange(chunks);
        }

        return new BlockIndex
        {
            Schema = index.Schema,
            Sections = [.. sections],
            Chunks = [.. kept.Select(chunk => index.Chunks[chunk])],
            Columns = Array.ConvertAll(index.Columns, column => column is null ? null : Keep(column, kept)),
        };
    }

    // A column without any value left may have lost its dictionary.
    private static ColumnIndex? Keep(ColumnIndex column, List<int> chunks) => chunks.TrueForAll(chunk => column.Chunks[chunk].IsEmpty)
        ? null
        : new ColumnIndex
        {
            IsText = column.IsText,
            Dictionary = column.Dictionary,
            TextCount = column.TextCount,
            TextBytes = column.TextBytes,
            Chunks = [.. chunks.Select(chunk => column.Chunks[chunk])],
            Least = column.IsText ? [] : [.. chunks.Select(chunk => column.Least[chunk])],
            Greatest = column.IsText ? [] : [.. chunks.Select(chunk => column.Greatest[chunk])],
        };

    private LostSection Lost(long? pcode, long rows, long firstTime, long lastTime) => new(Entry.Id, Entry.Kind, pcode, rows, firstTime, lastTime);

    private void Add(long offset, string reason, Exception? cause)
    {
        _places.Add((offset, reason));
        _costsSpeedAlone = false;
        IsCertain |= cause is InvalidDataException or FileNotFoundException;
    }

    private string LossText() => _costsSpeedAlone
        ? "No sample is lost and no query fails, but look-ups of texts and ids read more until the block is repaired or merged."
        : LostRows == 0
        ? "No sample is lost, but queries that need it fail until the block is repaired."
        : string.Create(CultureInfo.InvariantCulture, $"{LostRows} of its {SamplesOf(Entry)} are lost.");

    /// <summary>How many samples of which kind and times a block has, as text.</summary>
    public static string SamplesOf(BlockEntry entry)
    {
        string times = $"{new Timestamp(entry.FirstTime).Text} to {new Timestamp(entry.LastTime).Text}";
        return string.Create(CultureInfo.InvariantCulture, $"{entry.RowCount} {SampleSchema.Of(entry.Kind).Name} samples ({times})");
    }
}

using System.Collections.Immutable;
using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Alerts;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Rules out chunks that have none of a query's texts, without decoding their columns: by the filters of texts in blocks, by the ids of alerts in heads and
/// blocks, and by the bytes of chunks whose texts hardly repeat.
/// </summary>
internal sealed class TextPruner
{
    private readonly long _pcode;
    private readonly List<(int Field, byte[][] Texts)> _wanted = [];
    private readonly Guid[]? _alerts;

    public TextPruner(long pcode, Kind kind, ImmutableArray<Filter> filters)
    {
        _pcode = pcode;
        KindSchema schema = SampleSchema.Of(kind);
        foreach (Filter filter in filters)
        {
            if (filter.Operator == FilterOperator.AnyOf && schema.Fields[filter.Field].IsText && !filter.Texts.Contains(""))
            {
                byte[][] texts = [.. filter.Texts.Select(Encoding.UTF8.GetBytes)];
                _wanted.Add((filter.Field, texts));
                _alerts ??= kind == Kind.Alert && filter.Field == AlertIds.Field ? IdsOf(texts) : null;
            }
        }
    }

    /// <summary>Whether the block may have an alert with one of the query's ids; true when it has none.</summary>
    public bool MayHold(BlockReader columns)
    {
        if (_alerts is null || columns.Index.AlertFilter.IsEmpty)
        {
            return true;
        }

        ReadOnlySpan<byte> bits = columns.ReadAlertFilter();
        foreach (Guid id in _alerts)
        {
            if (AlertIds.MayContain(bits, _pcode, id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Which chunks of a section may have the query's texts, from its first on, by the filters of texts; null when all may.</summary>
    public bool[]? ChunksOf(BlockReader columns, SectionIndex section)
    {
        bool[]? passing = null;
        foreach ((int field, byte[][] texts) in _wanted)
        {
            if (columns.Index.Columns[field] is not { } column || ChunksOf(columns, section, field, column, texts) is not { } mayHold)
            {
                continue;
            }

            if (passing is null)
            {
                passing = mayHold;
                continue;
            }

            for (int i = 0; i < passing.Length; i++)
            {
                passing[i] &= mayHold[i];
            }
        }

        return passing;
    }

    /// <summary>The chunks of the project's alerts in a head that have the query's ids; null when any may.</summary>
    public HashSet<int>? ChunksOf(Head head)
    {
        if (_alerts is null)
        {
            return null;
        }

        HashSet<int> chunks = [];
        foreach (Guid id in _alerts)
        {
            if (head.FindAlert(_pcode, id) is not { } row)
            {
                return null;
            }

            chunks.Add(row < 0 ? -1 : row / HeadChunk.MaxRows);
        }

        return chunks;
    }

    /// <summary>Whether rows of a chunk of a block may have the query's texts; true when only decoding can tell.</summary>
    public bool MayHold(BlockReader columns, int chunk)
    {
        foreach ((int field, byte[][] texts) in _wanted)
        {
            if (columns.Index.Columns[field] is { HasDictionary: false } && !MayHold(columns, field, chunk, texts))
            {
                return false;
            }
        }

        return true;
    }

    private static bool[]? ChunksOf(BlockReader columns, SectionIndex section, int field, ColumnIndex column, byte[][] texts)
    {
        if (column.DictionaryFilter is not null)
        {
            return ChunksOfCodes(section, column, Array.ConvertAll(texts, text => columns.FindCode(field, text)));
        }

        if (column.ChunkFilter(columns.Index.NumberOf(section.Pcode)) is not { } filter)
        {
            return null;
        }

        bool[] mayHold = new bool[section.ChunkCount];
        foreach (byte[] text in texts)
        {
            columns.AskFilter(filter, text, mayHold);
        }

        return mayHold;
    }

    private static bool[] ChunksOfCodes(SectionIndex section, ColumnIndex column, int[] codes)
    {
        bool[] mayHold = new bool[section.ChunkCount];
        for (int i = 0; i < mayHold.Length; i++)
        {
            int chunk = section.FirstChunk + i;
            bool hasTexts = !column.Chunks[chunk].IsEmpty;
            mayHold[i] = hasTexts && Array.Exists(codes, code => code >= column.Least[chunk] && code <= column.Greatest[chunk]);
        }

        return mayHold;
    }

    private static bool MayHold(BlockReader columns, int field, int chunk, byte[][] texts)
    {
        foreach (byte[] text in texts)
        {
            if (columns.MayHold(field, chunk, text))
            {
                return true;
            }
        }

        return false;
    }

    // Null when a text is no id in the stored form. A column may have it all the same.
    private static Guid[]? IdsOf(byte[][] texts)
    {
        Guid[] ids = new Guid[texts.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (!AlertIds.TryParse(texts[i], out ids[i]) || !AlertIds.TextOf(ids[i]).AsSpan().SequenceEqual(texts[i]))
            {
                return null;
            }
        }

        return ids;
    }
}

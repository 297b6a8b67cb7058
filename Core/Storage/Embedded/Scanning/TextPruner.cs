using System.Text;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Alerts;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Scanning;

/// <summary>
/// Rules out chunks of a list that have none of the query's texts, without decoding their columns: by the ids of alerts in heads and blocks, and by the
/// bytes of chunks whose texts hardly repeat.
/// </summary>
internal sealed class TextPruner
{
    private readonly long _pcode;
    private readonly List<(int Field, byte[][] Texts)> _wanted = [];
    private readonly Guid[]? _alerts;

    public TextPruner(ListQuery query)
    {
        _pcode = query.Pcode;
        KindSchema schema = SampleSchema.Of(query.Kind);
        foreach (Filter filter in query.Filters)
        {
            if (filter.Operator == FilterOperator.AnyOf && schema.Fields[filter.Field].IsText && !filter.Texts.Contains(""))
            {
                byte[][] texts = [.. filter.Texts.Select(Encoding.UTF8.GetBytes)];
                _wanted.Add((filter.Field, texts));
                _alerts ??= query.Kind == Kind.Alert && filter.Field == AlertIds.Field ? IdsOf(texts) : null;
            }
        }
    }

    /// <summary>Whether the block may have an alert with one of the query's ids; true when it has none.</summary>
    public bool MayHold(BlockReader columns)
    {
        Extent filter = columns.Index.AlertFilter;
        if (_alerts is null || filter.IsEmpty)
        {
            return true;
        }

        ReadOnlySpan<byte> bits = columns.ReadPart(filter);
        foreach (Guid id in _alerts)
        {
            if (AlertIds.MayContain(bits, _pcode, id))
            {
                return true;
            }
        }

        return false;
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

    /// <summary>Whether rows of the chunk may have the query's texts; true when only decoding can tell.</summary>
    public bool MayHold(ListChunk chunk)
    {
        foreach ((int field, byte[][] texts) in _wanted)
        {
            if (chunk.Columns is { } columns && columns.Index.Columns[field] is { HasDictionary: false } && !MayHold(columns, field, chunk.Chunk, texts))
            {
                return false;
            }
        }

        return true;
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

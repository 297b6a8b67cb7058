using System.Globalization;
using System.IO.Hashing;
using TimeSeries.Core.Aggregate.Listing;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>A part of a response with raw rows, and the id of each row: its time, its node and its sequence number. Not thread safe.</summary>
internal sealed class IdentifiedRows : IIdentifiedChunk
{
    private readonly InfluxColumn _number = new(InfluxSchema.NumberField, isText: false);
    private readonly InfluxColumn _node = new(InfluxSchema.NodeTag, isText: true);
    private ulong[] _nodes = [];

    // Nodes by code. Texts keep their codes from one part of a response to the next.
    private object? _owner;
    private readonly List<ulong> _nodeOfCode = [];

    /// <param name="schema">The kind.</param>
    /// <param name="fields">Fields to read, apart from those of the sample's id.</param>
    /// <param name="extra">Further columns to read that are no fields of the kind.</param>
    public IdentifiedRows(KindSchema schema, ReadOnlySpan<int> fields, params ReadOnlySpan<InfluxColumn> extra)
    {
        Chunk = new RowChunk(schema, fields, [_number, _node, .. extra]);
        List<string> columns = [InfluxSchema.NumberField, InfluxSchema.NodeTag];
        foreach (int field in fields)
        {
            columns.Add(schema.Fields[field].Name);
        }

        Columns = [.. columns];
    }

    /// <summary>The rows without their ids.</summary>
    public RowChunk Chunk { get; }

    /// <summary>The columns that a statement selects: the id and the fields. Every point has a number, so every point has a row.</summary>
    public string[] Columns { get; }

    /// <summary>The columns that the response is read into.</summary>
    public InfluxRows Rows => Chunk.Rows;

    public int RowCount => Chunk.RowCount;

    public long FirstTime => Chunk.FirstTime;

    public long LastTime => Chunk.LastTime;

    public ReadOnlySpan<long> SequenceNumbers => _number.Numbers;

    public ReadOnlySpan<ulong> Nodes => _nodes.AsSpan(0, RowCount);

    public ReadOnlySpan<long> Numbers(int field) => Chunk.Numbers(field);

    public ReadOnlySpan<int> Codes(int field) => Chunk.Codes(field);

    public SymbolView Symbols(int field) => Chunk.Symbols(field);

    public SampleId Id(int row) => new(Chunk.Numbers(KindSchema.Time)[row], _nodes[row], _number.Numbers[row]);

    /// <summary>Reads the ids of the rows. Call once for each part of a response.</summary>
    public void ReadIds()
    {
        Chunk.TakeTimes();
        if (_nodes.Length < RowCount)
        {
            _nodes = new ulong[Math.Max(RowCount, _nodes.Length * 2)];
        }

        SymbolView texts = _node.Symbols;
        if (!ReferenceEquals(_owner, texts.Owner))
        {
            _owner = texts.Owner;
            _nodeOfCode.Clear();
        }

        while (_nodeOfCode.Count < texts.Count)
        {
            _nodeOfCode.Add(NodeOf(texts[_nodeOfCode.Count]));
        }

        ReadOnlySpan<int> codes = _node.Codes(RowCount);
        for (int row = 0; row < codes.Length; row++)
        {
            _nodes[row] = codes[row] < 0 ? 0 : _nodeOfCode[codes[row]];
        }
    }

    // Points that somebody else wrote may have any text there, or none. They are listed too, as they are counted.
    private static ulong NodeOf(ReadOnlySpan<byte> text) =>
        ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id) ? id : XxHash64.HashToUInt64(text);
}

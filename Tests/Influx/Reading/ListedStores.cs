using NUnit.Framework;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Storage.Embedded;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Rollups;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Storage;
using TimeSeries.Tests.Storage.Scanning;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>
/// The same samples in an embedded store, as one node's, and in a real InfluxDB, as those of two nodes that share no millisecond: so the order is the same,
/// and only the places of the samples are not.
/// </summary>
internal sealed class ListedStores(RealInfluxd server) : IAsyncDisposable
{
    private const string Database = "apm";

    // The second one's numbers pass from one epoch to the next.
    private static readonly ulong[] _nodes = [0xA1, 0xB2];

    private readonly long[] _next = [0, 63_999_990];
    private readonly List<SampleId> _places = [];
    private readonly Dictionary<SampleId, int> _numbers = [];
    private readonly StoreUnderTest _embedded = new(new EmbeddedStoreOptions { HeadRows = 300, MaxFrozenHeads = 1_000 });
    private readonly InfluxReader _influx = ReadSetup.Reader(server);

    /// <summary>Every sample, in the order in which they were written.</summary>
    public List<Row> Rows { get; } = [];

    public InfluxReader Influx => _influx;

    /// <summary>Writes rows of one project and kind as a batch of one node.</summary>
    public async Task WriteAsync(Row[] rows, int node)
    {
        ValidBatch batch = Row.BatchOf(rows, _next[node]);
        LineEncoder encoder = new(_nodes[node], maxLines: 5_000, maxBytes: 4 << 20);
        encoder.Begin(batch, new OpenUnit(0));
        bool isWhole = false;
        while (!isWhole)
        {
            using LineBatch lines = new(4 << 20);
            isWhole = encoder.Continue(lines);
            (int status, string body) = await server.WriteAsync(System.Text.Encoding.UTF8.GetString(lines.Lines(0, lines.LineCount).Span), Database);
            Assert.That(status, Is.EqualTo(204), body);
        }

        foreach (Row row in rows)
        {
            SampleId place = new(row.Time, _nodes[node], _next[node]++);
            _numbers.Add(place, _places.Count);
            _places.Add(place);
        }

        Rows.AddRange(rows);
        await _embedded.WriteAsync(rows);
    }

    /// <summary>Both stores list the same.</summary>
    public async Task CheckAsync(ListQuery query)
    {
        SampleList expected = await _embedded.Store.ListAsync(query, CancellationToken.None);
        ListQuery placed = query.After is { } after ? query with { After = _places[(int)after.Number] } : query;
        SampleList actual = await _influx.ListAsync(placed, CancellationToken.None);
        Assert.That(ListRows.Lines(query, new PlacedList(actual, _numbers)), Is.EqualTo(ListRows.Lines(query, expected)), query.ToString);
    }

    public async ValueTask DisposeAsync()
    {
        _influx.Dispose();
        await _embedded.DisposeAsync();
    }

    /// <summary>A list whose places are those that the samples have in the embedded store.</summary>
    private sealed class PlacedList(SampleList list, Dictionary<SampleId, int> numbers) : SampleList
    {
        public override int RowCount => list.RowCount;

        public override long AllocatedBytes => list.AllocatedBytes;

        public override long Total => list.Total;

        public override bool HasMore => list.HasMore;

        public override SampleId Place(int row) => new(list.Place(row).Time, StoreUnderTest.NodeId, numbers[list.Place(row)]);

        public override bool IsMissing(int row, int field) => list.IsMissing(row, field);

        public override long Number(int row, int field) => list.Number(row, field);

        public override ReadOnlySpan<byte> Text(int row, int field) => list.Text(row, field);
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Core.Storage.Influx.Reading;
using TimeSeries.Core.Storage.Influx.Writing;
using TimeSeries.Tests.Influx.Writing;
using TimeSeries.Tests.Support.Disk;
using TimeSeries.Tests.Support.Influx;
using TimeSeries.Tests.Support.Rows;
using TimeSeries.Tests.Support.Samples;

namespace TimeSeries.Tests.Influx.Reading;

/// <summary>
/// Random texts made of whatever a line, a statement or a parameter could take for syntax, in every text and map of every kind: written by the writer into a
/// real server, the reader gives them back as they were and filters by them as the naive computation does. The seed stands in each message;
/// the same again with: <c>dotnet test … -- 'TestRunParameters.Parameter(name="HostileSeed", value="…")'</c>.
/// </summary>
internal sealed class HostileTextTests
{
    private const string Database = "apm";
    private const int RowsPerKind = 120;
    private const int Pool = 40;
    private const int MaxParts = 12;
    private const int LongLength = 4_000;

    private static readonly string[] _pieces =
    [
        "'", "\"", "\\", "\\\\", "\n", "\r", "\t", ",", "=", " ", "\0", "\u0001", "\u007f", "\U0001F98A", "\u202E", "한", "é", "e\u0301", "$p0", "$p1", "$param",
        "$", ";", "--", "/*", "*/", "#", "//",
        ";DROP MEASUREMENT \"transaction\"", "'; DROP DATABASE \"apm\"; --", "' OR '1'='1", "\" OR \"1\"=\"1", "=~ /.*/", "\\'", "\\\"", "\\n", "1i", "i", "t",
        "true", "NaN", "null", "{", "}", "[", "]", "%00", "a", "Z", "x=1i",
        "\ntransaction,pcode=1 n=1i 1", " n=7i 1", ",pcode=2",
    ];

    private readonly int _seed = TestContext.Parameters.Get("HostileSeed", RandomNumberGenerator.GetInt32(int.MaxValue));
    private readonly Dictionary<Kind, List<Row>> _rows = [];
    private readonly CoreInstruments _instruments = new();
    private string[] _texts = [];
    private TemporaryFolder _folder = null!;
    private RealInfluxd _server = null!;
    private InfluxReader _reader = null!;

    private string Seed => string.Create(CultureInfo.InvariantCulture, $"HostileSeed={_seed}");

    [OneTimeSetUp]
    public async Task Write()
    {
        _server = await RealInfluxd.StartWithDatabaseAsync();
        _folder = new TemporaryFolder();
        _reader = ReadSetup.Reader(_server);
        Random random = new(_seed);
        _texts = [.. Enumerable.Range(0, Pool).Select(_ => Hostile(random)).Distinct()];
        InfluxOptions options = new() { Host = _server.Address, Database = Database, FlushAge = TimeSpan.FromMilliseconds(20) };
        using InfluxWriter writer = InfluxWriter.Open(
            new InfluxNode(new DiskFileSystem(), _folder, 42), options, _ => 1_200_000, null, TimeProvider.System, _instruments, NullLogger.Instance);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        Task running = writer.RunAsync(stop.Token);
        long position = 0;
        foreach (KindSchema schema in SampleSchema.All)
        {
            List<Row> rows = [.. Enumerable.Range(0, RowsPerKind).Select(row => RowOf(schema, row, random))];
            _rows.Add(schema.Kind, rows);
            await writer.WriteAsync(Row.BatchOf(rows, position * RowsPerKind), new LogPosition(++position), stop.Token);
        }

        await writer.WaitStoredAsync(new LogPosition(position), stop.Token);
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _reader?.Dispose();
        _instruments.Dispose();
        _folder?.Dispose();
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [TestCaseSource(nameof(TextFields))]
    public async Task A_text_comes_back_as_it_was(Kind kind, int field)
    {
        SampleQuery query = Query(kind, field);
        Assert.That(await LinesAsync(query), Is.EqualTo(ResultLines.Expected(query, _rows[kind])), Seed);
    }

    [TestCaseSource(nameof(TextFields))]
    public async Task A_filter_finds_what_it_names_and_nothing_else(Kind kind, int field)
    {
        Random random = new(_seed ^ (field * 100) ^ (int)kind);
        string[] stored = [.. _rows[kind].Select(row => row.Text(field)).OfType<string>().Distinct()];
        for (int i = 0; i < 6; i++)
        {
            string[] texts = [Pick(random, stored), Pick(random, _texts), Hostile(random), Pick(random, _pieces)];
            foreach (FilterOperator @operator in (FilterOperator[])[FilterOperator.AnyOf, FilterOperator.NoneOf, FilterOperator.ContainsAnyOf])
            {
                Filter filter = Filter.OfTexts(field, @operator, [.. texts.Take(random.Next(1, texts.Length + 1))]);
                SampleQuery query = Query(kind, field) with { Filters = [filter] };
                Assert.That(await LinesAsync(query), Is.EqualTo(ResultLines.Expected(query, _rows[kind])),
                    $"{Seed} {@operator} {JsonSerializer.Serialize(filter.Texts)}");
            }
        }

        SampleQuery present = Query(kind, field) with { Filters = [Filter.Present(field)] };
        Assert.That(await LinesAsync(present), Is.EqualTo(ResultLines.Expected(present, _rows[kind])), Seed);
    }

    [Test]
    [DependsOnTest(nameof(A_filter_finds_what_it_names_and_nothing_else), AllowFailure = true)]
    public async Task Nothing_became_syntax()
    {
        string[] measurements = [.. SampleSchema.All.Select(kind => InfluxSchema.MeasurementOf(kind.Kind)), InfluxSchema.RollupMeasurement];
        HashSet<string> fields = [.. SampleSchema.All.SelectMany(kind => kind.Fields).Select(field => field.Name), InfluxSchema.NumberField,
            InfluxSchema.UnitField, InfluxSchema.PartField, InfluxSchema.PartsField];
        HashSet<string> tags = [InfluxSchema.PcodeTag, InfluxSchema.OidTag, InfluxSchema.NodeTag, InfluxSchema.EpochTag,
            InfluxSchema.AlertTag, InfluxSchema.KindTag];
        await Assert.MultipleAsync(async () =>
        {
            Assert.That(await FirstColumnAsync("SHOW MEASUREMENTS"), Is.SubsetOf(measurements), Seed);
            Assert.That(await FirstColumnAsync("SHOW FIELD KEYS"), Is.SubsetOf(fields), Seed);
            Assert.That(await FirstColumnAsync("SHOW TAG KEYS"), Is.SubsetOf(tags), Seed);
            Assert.That(await FirstColumnAsync("SHOW DATABASES"), Is.EqualTo(new[] { Database }), Seed);
            foreach (KindSchema schema in SampleSchema.All)
            {
                Assert.That(await _server.NumberAsync($"SELECT count(n) FROM \"{schema.Name}\"", Database), Is.EqualTo(RowsPerKind), $"{Seed} {schema.Name}");
            }
        });
    }

    private static IEnumerable<TestCaseData> TextFields() =>
        from schema in SampleSchema.All
        from field in schema.Fields
        where field.IsText && !field.IsGuid
        select new TestCaseData(schema.Kind, field.Ordinal).SetArgDisplayNames(schema.Name, field.Name);

    private static SampleQuery Query(Kind kind, int field) => new()
    {
        Pcode = 1,
        Kind = kind,
        Range = TimeRange.All,
        GroupBy = [new GroupField(field)],
        Measures = [new Measure(MeasureKind.Count), new Measure(MeasureKind.Min, KindSchema.Time)],
        Order = [new OrderTerm(OrderBy.Key)],
    };

    private async Task<List<string>> LinesAsync(SampleQuery query) => ResultLines.Of(query, await _reader.QueryAsync(query, CancellationToken.None));

    private Row RowOf(KindSchema schema, int number, Random random)
    {
        Row row = new Row(schema).With("time", WrittenBatch.Start + number);
        foreach (Field field in schema.Fields)
        {
            if (field.IsGuid)
            {
                row.With(field.Name, Guid.NewGuid().ToString("D"));
            }
            else if (field.IsText && (field.Required || random.Next(8) > 0))
            {
                row.With(field.Name, field.Type == FieldType.Map ? Map(random) : Pick(random, _texts));
            }
            else if (!field.IsText && field.Required && field.Name != "time")
            {
                row.With(field.Name, 1);
            }
        }

        return row;
    }

    private string Map(Random random) => JsonSerializer.Serialize(
        new SortedDictionary<string, string>(Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(random, _texts)).Distinct()
            .ToDictionary(key => key, _ => Pick(random, _texts)), StringComparer.Ordinal));

    private static string Hostile(Random random)
    {
        StringBuilder text = new();
        for (int parts = random.Next(1, MaxParts); parts > 0; parts--)
        {
            text.Append(random.Next(10) == 0 ? Pick(random, [.. HostileTexts.All]) : Pick(random, _pieces));
        }

        if (random.Next(10) == 0)
        {
            text.Append(string.Concat(Enumerable.Repeat(text.ToString(), LongLength / text.Length)));
        }

        return random.Next(4) == 0 ? text.Append('\\').ToString() : text.ToString();
    }

    private static string Pick(Random random, string[] texts) => texts[random.Next(texts.Length)];

    private async Task<string[]> FirstColumnAsync(string statement)
    {
        JsonElement result = (await _server.QueryAsync(statement, Database))[0];
        return [.. result.GetProperty("series").EnumerateArray().SelectMany(series => series.GetProperty("values").EnumerateArray())
            .Select(row => row[0].GetString()!).Distinct()];
    }
}

using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Benchmarks.Wire;

internal sealed class PreparedBodyTests
{
    private const int HeadRoom = 300;
    private const long Now = 1_800_000_000_000;

    private static readonly string[] _transactionFields =
    [
        "time", "service", "elapsed", "txid", "method", "status", "error", "sql_count", "sql_time", "httpc_count", "httpc_time", "cpu_time", "malloc",
        "remote_ip", "user_id", "oname", "api_id", "api_name", "api_key", "alias", "oauth_id", "upstream_latency",
    ];

    [Test]
    public void A_patched_transaction_body_holds_every_sample_with_all_its_fields([Values] SampleForm form, [Values] bool json)
    {
        PreparedBody body = Prepare(Kind.Transaction, 300, form, json);
        ulong ids = 1;
        body.Patch(Now, ref ids);
        Dictionary<string, object?[]> columns = ReadBody.Columns(body.Body, "transaction");
        Assert.That(columns.Keys, Is.EquivalentTo(_transactionFields));
        Assert.That(columns.Values, Has.All.Length.EqualTo(300).And.All.All.Not.Null);
    }

    [Test]
    public void Patching_moves_the_last_second_of_samples_to_now([Values] SampleForm form, [Values] bool json)
    {
        PreparedBody body = Prepare(Kind.Transaction, 300, form, json);
        ulong ids = 1;
        body.Patch(Now, ref ids);
        object?[] times = ReadBody.Columns(body.Body, "transaction")["time"];
        Assert.That(times, Is.Ordered.And.All.GreaterThan(Now - 1_000).And.All.LessThanOrEqualTo(Now));
        Assert.That(times[^1], Is.EqualTo(Now));
    }

    [Test]
    public void No_id_is_sent_twice([Values] SampleForm form, [Values] bool json)
    {
        PreparedBody body = Prepare(Kind.Transaction, 300, form, json);
        ulong ids = 1;
        List<string> seen = [];
        for (int sending = 0; sending < 5; sending++)
        {
            body.Patch(Now, ref ids);
            seen.AddRange(ReadBody.Columns(body.Body, "transaction")["txid"].Cast<string>());
        }

        Assert.That(seen, Has.Count.EqualTo(1_500).And.Unique);
        Assert.That(seen, Has.All.Match("^[0-9a-f]{16}$"));
    }

    [Test]
    public void Patching_changes_nothing_but_times_and_ids([Values] SampleForm form, [Values] bool json)
    {
        PreparedBody body = Prepare(Kind.Transaction, 300, form, json);
        Dictionary<string, object?[]> before = ReadBody.Columns(body.Body, "transaction");
        ulong ids = 1;
        body.Patch(Now, ref ids);
        Dictionary<string, object?[]> after = ReadBody.Columns(body.Body, "transaction");
        Assert.That(after.Where(column => column.Key is not ("time" or "txid")), Is.EqualTo(before.Where(column => column.Key is not ("time" or "txid"))));
    }

    [Test]
    public void Every_kind_is_sent_with_known_fields_and_all_required_ones([Values] Kind kind, [Values] SampleForm form, [Values] bool json)
    {
        KindSchema schema = SampleSchema.Of(kind);
        Dictionary<string, object?[]> columns = ReadBody.Columns(Prepare(kind, 60, form, json).Body, schema.Name);
        Assert.That(columns.Keys, Is.SubsetOf(schema.Fields.Where(field => !field.FromEnvelope).Select(field => field.Name)));
        Assert.That(columns.Keys, Is.SupersetOf(schema.Fields.Where(field => field.Required).Select(field => field.Name)));
    }

    [Test]
    public void The_three_forms_and_two_encodings_say_the_same([Values] Kind kind, [Values] SampleForm form, [Values] bool json)
    {
        Dictionary<string, object?[]> rows = ReadBody.Columns(Prepare(kind, 60, SampleForm.Rows, json: false).Body, SampleSchema.Of(kind).Name);
        Dictionary<string, object?[]> other = ReadBody.Columns(Prepare(kind, 60, form, json).Body, SampleSchema.Of(kind).Name);
        Assert.That(other, Is.EqualTo(rows));
    }

    [Test]
    public void A_service_belongs_to_one_api_and_a_caller_has_one_key_and_client()
    {
        Dictionary<string, object?[]> columns = ReadBody.Columns(Prepare(Kind.Transaction, 5_000, SampleForm.Columns, json: true).Body, "transaction");
        int Pairs(string left, string right) => columns[left].Zip(columns[right]).Distinct().Count();
        Assert.Multiple(() =>
        {
            Assert.That(columns["api_id"].Distinct().Count(), Is.EqualTo(GatewayColumns.ApiCount));
            Assert.That(Pairs("service", "api_id"), Is.EqualTo(columns["service"].Distinct().Count()));
            Assert.That(Pairs("api_id", "api_name"), Is.EqualTo(GatewayColumns.ApiCount));
            Assert.That(columns["api_key"].Distinct().Count(), Is.InRange(1_700, GatewayColumns.KeyCount));
            Assert.That(Pairs("api_key", "alias"), Is.EqualTo(columns["api_key"].Distinct().Count()));
            Assert.That(Pairs("user_id", "oauth_id"), Is.EqualTo(columns["user_id"].Distinct().Count()));
        });
    }

    [Test]
    public void What_is_behind_the_gateway_never_takes_longer_than_the_whole()
    {
        Dictionary<string, object?[]> columns = ReadBody.Columns(Prepare(Kind.Transaction, 300, SampleForm.Columns, json: true).Body, "transaction");
        Assert.That(columns["upstream_latency"].Zip(columns["elapsed"])
            .Select(pair => Convert.ToDouble(pair.First) <= Convert.ToDouble(pair.Second)), Has.All.True);
    }

    [Test]
    public void Without_a_gateway_transactions_carry_none_of_its_fields()
    {
        WireColumn[] columns = new SampleMaker(new Population(), 1).Make(Kind.Transaction, 10, out _);
        Assert.That(columns.Select(column => column.Field.Name), Is.EqualTo(_transactionFields[..16]));
    }

    [TestCase(Kind.Alert, "time severity source title description labels annotations")]
    [TestCase(Kind.Event, "time level type message")]
    public void Alerts_and_events_carry_what_their_endpoints_show(Kind kind, string fields) => Assert.That(
        new SampleMaker(new Population(), 1).Make(kind, 10, out _).Select(column => column.Field.Name), Is.EqualTo(fields.Split(' ')));

    [Test]
    public void Services_are_skewed_and_all_names_stay_within_their_numbers()
    {
        WireColumn[] columns = new SampleMaker(new Population(), 1).Make(Kind.Transaction, 100_000, out _);
        string[] Texts(string name) => Array.Find(columns, column => column.Field.Name == name) is { } column
            ? [.. Enumerable.Range(0, column.Count).Select(row => System.Text.Encoding.UTF8.GetString(column.Text(row)))]
            : [];

        int[] perService = [.. Texts("service").CountBy(name => name).Select(pair => pair.Value).OrderDescending()];
        // Zipf over 400: the first has 1 / H(400) = 15.2 % of all, the second half as many.
        Assert.That(perService, Has.Length.EqualTo(400));
        Assert.That(perService[0], Is.EqualTo(15_220).Within(600));
        Assert.That(perService[1], Is.EqualTo(7_610).Within(450));
        Assert.That(Texts("oname").Distinct().Count(), Is.EqualTo(20));
        Assert.That(Texts("remote_ip").Distinct().Count(), Is.InRange(9_990, 10_000));
        Assert.That(new Population().Users.Select(Convert.ToHexString), Is.Unique.And.Exactly(50_000).Items);
    }

    private static PreparedBody Prepare(Kind kind, int rowCount, SampleForm form, bool json)
    {
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = new();
        WireColumn[] columns = new SampleMaker(new Population(), 7) { Gateway = new GatewayColumns() }.Make(kind, rowCount, out int[] ages);
        BodyWriter.Write(writer, SampleSchema.Of(kind), columns, form, [], places);
        return new PreparedBody(writer.Written, HeadRoom, places, ages);
    }
}

using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Tests.Building;

internal sealed class SampleBatchBuilderTests
{
    private const long Now = 1_695_200_000_000;

    private static readonly KindSchema _transaction = SampleSchema.Of(Kind.Transaction);
    private static readonly KindSchema _alert = SampleSchema.Of(Kind.Alert);

    [Test]
    public void A_field_that_is_set_twice_has_its_last_value_and_no_error_of_the_first()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.Set(_transaction.Ordinal("status"), 5_000);
        rows.Set(_transaction.Ordinal("status"), 404);
        rows.EndRow();
        ValidationResult result = Validate(builder);
        Assert.That((result.Rejected, Number(result, "status", 0)), Is.EqualTo((0, 404L)));
    }

    [TestCase("status", 5_000L, RejectReason.TooLarge)]
    [TestCase("status", -1L, RejectReason.TooSmall)]
    [TestCase("time", 1_695_200_000L, RejectReason.NotMilliseconds)]
    [TestCase("service", 1L, RejectReason.WrongType)]
    public void A_value_that_breaks_its_rule_rejects_its_row_only(string field, long value, RejectReason reason)
    {
        SampleBatchBuilder builder = Begin();
        BeginRow(builder, "/a").EndRow();
        KindBuilder rows = BeginRow(builder, "/b");
        rows.Set(_transaction.Ordinal(field), value);
        rows.EndRow();
        BeginRow(builder, "/c").EndRow();
        ValidationResult result = Validate(builder);
        SampleError error = builder.Rejected.List(10).Single();
        string sentence = RejectReasonText.Of(reason, _transaction.Fields[_transaction.Ordinal(field)]);
        Assert.That((error.Index, error.Field, error.Reason), Is.EqualTo((1, field, sentence)));
        Assert.That((Text(result, "service", 0), Text(result, "service", 1), result.Usable), Is.EqualTo(("/a", "/c", 2)));
    }

    [Test]
    public void A_text_over_its_limit_is_rejected_or_cut_as_the_caller_wants()
    {
        string text = new('x', 2_049);
        SampleBatchBuilder builder = Begin();
        BeginRow(builder, text).EndRow();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.SetCut(_transaction.Ordinal("service"), Encoding.UTF8.GetBytes(text));
        rows.EndRow();
        ValidationResult result = Validate(builder);
        Assert.That((result.Rejected, result.Truncated, Text(result, "service", 0)?.Length), Is.EqualTo((1, 1, 2_048)));
    }

    [Test]
    public void A_duration_may_be_set_in_milliseconds_or_in_the_microseconds_that_are_stored()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.Set(_transaction.Ordinal("sql_time"), 1.5);
        rows.Set(_transaction.Ordinal("cpu_time"), 2L);
        rows.SetStored(_transaction.Ordinal("httpc_time"), 1_234_567);
        rows.EndRow();
        ValidationResult result = Validate(builder);
        Assert.That((Number(result, "sql_time", 0), Number(result, "cpu_time", 0), Number(result, "httpc_time", 0)), Is.EqualTo((1_500L, 2_000L, 1_234_567L)));
    }

    [Test]
    public void A_stored_number_keeps_the_fields_bounds()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.SetStored(_transaction.Ordinal("httpc_time"), SampleSchema.MaxDurationMicroseconds + 1);
        rows.EndRow();
        Assert.That(Validate(builder).Rejected, Is.EqualTo(1));
    }

    [Test]
    public void A_map_is_kept_in_the_order_of_its_keys_and_its_last_value_of_a_key_wins()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = builder.Of(Kind.Alert);
        rows.Set(_alert.Ordinal("time"), Now);
        rows.Set(_alert.Ordinal("severity"), "info"u8);
        rows.Set(_alert.Ordinal("source"), "disk"u8);
        rows.Set(_alert.Ordinal("title"), "Disk is full"u8);
        rows.SetMap(_alert.Ordinal("labels"), [new("b", "1"), new("a", "2"), new("b", "3")]);
        rows.EndRow();
        ValidationResult result = Validate(builder);
        Assert.That((Text(result, "labels", 0, Kind.Alert), Text(result, "severity", 0, Kind.Alert)), Is.EqualTo(("""{"a":"2","b":"3"}""", "Info")));
    }

    [Test]
    public void A_map_with_too_many_entries_rejects_its_row()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = builder.Of(Kind.Alert);
        rows.SetMap(_alert.Ordinal("labels"), Enumerable.Range(0, SampleSchema.MaxMapEntries + 1).Select(i => new KeyValuePair<string, string>($"k{i}", "v")));
        rows.EndRow();
        Validate(builder);
        Assert.That(builder.Rejected.List(1).Single().Reason, Is.EqualTo("is required"));
        Assert.That(builder.Rejected.CountOf(Kind.Alert), Is.EqualTo(1));
    }

    [Test]
    public void Rows_may_name_agents_of_their_own_with_kind_and_node()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.Set(KindSchema.Oname, "web-1"u8);
        rows.Set(KindSchema.Okind, "web"u8);
        rows.Set(KindSchema.Onode, "h1"u8);
        rows.EndRow();
        BeginRow(builder, "/b").EndRow();
        builder.Agent.Set("shop"u8, okind: "jvm"u8);
        ValidationResult result = Validate(builder);
        Assert.That((Text(result, "oname", 0), Text(result, "okind", 0), Text(result, "onode", 0)), Is.EqualTo(("web-1", "web", "h1")));
        Assert.That(Number(result, "oid", 0), Is.EqualTo(-1148221080), "CRC-32 of web-1");
        Assert.That((Text(result, "oname", 1), Text(result, "okind", 1), Text(result, "onode", 1)), Is.EqualTo(("shop", "jvm", (string?)null)));
    }

    [Test]
    public void Rows_without_a_name_keep_their_own_node_beside_the_batchs_agent()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.Set(KindSchema.Onode, "h1"u8);
        rows.EndRow();
        BeginRow(builder, "/b").EndRow();
        builder.Agent.Set("shop"u8, onode: "h2"u8);
        ValidationResult result = Validate(builder);
        Assert.That((Text(result, "oname", 0), Text(result, "onode", 0)), Is.EqualTo(("shop", "h1")));
        Assert.That((Text(result, "oname", 1), Text(result, "onode", 1)), Is.EqualTo(("shop", "h2")));
    }

    [Test]
    public void A_text_that_is_not_UTF_8_rejects_its_row_also_where_the_envelope_usually_gives_it()
    {
        SampleBatchBuilder builder = Begin();
        KindBuilder rows = BeginRow(builder, "/a");
        rows.Set(KindSchema.Onode, [0xFF]);
        rows.EndRow();
        Assert.That((Validate(builder).Rejected, builder.Rejected.List(1).Single().Field), Is.EqualTo((1, "onode")));
    }

    [Test]
    public void Alerts_of_one_batch_may_name_an_agent_or_none()
    {
        SampleBatchBuilder builder = Begin();
        foreach (string oname in new[] { "web-1", "" })
        {
            KindBuilder rows = builder.Of(Kind.Alert);
            rows.Set(_alert.Ordinal("time"), Now);
            rows.Set(_alert.Ordinal("severity"), "Info"u8);
            rows.Set(_alert.Ordinal("source"), "disk"u8);
            rows.Set(_alert.Ordinal("title"), "Disk is full"u8);
            rows.Set(KindSchema.Oname, Encoding.UTF8.GetBytes(oname));
            rows.EndRow();
        }

        builder.Agent.Clear();
        ValidationResult result = Validate(builder);
        Assert.That((result.Usable, Text(result, "oname", 0, Kind.Alert), Text(result, "oname", 1, Kind.Alert)), Is.EqualTo((2, "web-1", (string?)null)));
    }

    private static SampleBatchBuilder Begin()
    {
        SampleBatchBuilder builder = new();
        builder.Reset(new SampleBatch());
        builder.Agent.Set("shop"u8);
        return builder;
    }

    private static KindBuilder BeginRow(SampleBatchBuilder builder, string service)
    {
        KindBuilder rows = builder.Of(Kind.Transaction);
        rows.Set(_transaction.Ordinal("time"), Now);
        rows.Set(_transaction.Ordinal("service"), Encoding.UTF8.GetBytes(service));
        rows.Set(_transaction.Ordinal("elapsed"), 1.5);
        return rows;
    }

    private static ValidationResult Validate(SampleBatchBuilder builder) => new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(Now));

    private static long? Number(ValidationResult result, string field, int row)
    {
        long value = result.Batch!.Find(Kind.Transaction)!.Numbers(_transaction.Ordinal(field)).Values[row];
        return value == NumberColumn.Missing ? null : value;
    }

    private static string? Text(ValidationResult result, string field, int row, Kind kind = Kind.Transaction)
    {
        SampleTable table = result.Batch!.Find(kind)!;
        TextColumn? column = table.FindTexts(table.Schema.Ordinal(field));
        return column is null || column.Codes[row] == TextColumn.Missing ? null : Encoding.UTF8.GetString(column.Symbols[column.Codes[row]]);
    }
}

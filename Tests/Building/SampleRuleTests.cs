using System.Collections.Immutable;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Schema;
using TimeSeries.Tests.Decoding;

namespace TimeSeries.Tests.Building;

internal sealed class SampleRuleTests
{
    private const long Now = PushedBatch.Now;
    private const long Minute = 60_000;

    [TestCase("time")]
    [TestCase("service")]
    [TestCase("elapsed")]
    public void A_required_field_that_is_null_rejects_its_sample(string field) =>
        Assert.That(PushedBatch.Transaction($"\"{field}\":null").Error, Is.EqualTo($"{field} is required"));

    [Test]
    public void A_required_field_that_no_sample_has_rejects_them_all()
    {
        PushedBatch batch = PushedBatch.Transactions($"{{\"time\":[{Now},{Now}],\"service\":[\"/a\",\"/b\"]}}");
        Assert.That((batch.Result.Batch, batch.Result.Rejected, batch.Errors[1].Index), Is.EqualTo(((object?)null, 2, 1)));
    }

    [TestCase(1_695_200_000L)]
    [TestCase(1_695_200_000_000_000L)]
    [TestCase(999_999_999_999L)]
    [TestCase(10_000_000_000_000L)]
    [TestCase(-1_695_200_000_000L)]
    [TestCase(0L)]
    [TestCase(long.MinValue)]
    public void A_time_without_13_digits_is_told_that_milliseconds_are_expected(long time) =>
        Assert.That(PushedBatch.Transaction($"\"time\":{time}").Error, Is.EqualTo("time must have 13 digits: milliseconds expected"));

    [TestCase("\"1695200000000\"")]
    [TestCase("1695200000000.5")]
    [TestCase("true")]
    public void A_time_of_another_type_is_told_so_too(string time) =>
        Assert.That(PushedBatch.Transaction($"\"time\":{time}").Error, Does.EndWith("milliseconds expected"));

    [TestCase(10 * Minute, "0 errors")]
    [TestCase(10 * Minute + 1, "time is too far ahead of the server's clock")]
    public void A_time_may_be_ahead_of_the_clock_by_the_skew_and_no_more(long ahead, string error) =>
        Assert.That(PushedBatch.Transaction($"\"time\":{Now + ahead}").Error, Is.EqualTo(error));

    [TestCase(Minute, "0 errors")]
    [TestCase(Minute + 1, "time is older than the retention of its kind")]
    public void A_time_may_be_as_old_as_its_kinds_retention_and_no_older(long age, string error)
    {
        ImmutableArray<TimeSpan?> retention = [.. SampleSchema.All.Select(kind => kind.Kind == Kind.Transaction ? (TimeSpan?)TimeSpan.FromMinutes(1) : null)];
        PushedBatch batch = PushedBatch.Json(
            $"{{{PushedBatch.Agent},\"transaction\":[{{\"time\":{Now - age},\"service\":\"/a\",\"elapsed\":1}}],"
            + $"\"thread\":[{{\"time\":1000000000000,\"count\":1}}]}}",
            new BatchLimits { Retention = retention });
        Assert.That(batch.Error, Is.EqualTo(error));
    }

    [Test]
    public void A_rejected_sample_leaves_its_neighbours_in_order()
    {
        string rows = string.Join(',',
            Enumerable.Range(0, 300).Select(i => $"{{\"time\":{Now},\"service\":\"/{i}\",\"elapsed\":{(i % 3 == 1 ? "\"x\"" : i)}}}"));
        PushedBatch batch = PushedBatch.Transactions($"[{rows}]");
        Assert.That(Enumerable.Range(0, 200).Select(row => (batch.Text("service", row), batch.Number("elapsed", row))),
            Is.EqualTo(Enumerable.Range(0, 300).Where(i => i % 3 != 1).Select(i => ($"/{i}", (long?)i * 1000))));
    }

    [Test]
    public void Errors_are_listed_by_kind_then_place_up_to_the_limit_and_counted_exactly()
    {
        string bad = string.Join(',', Enumerable.Repeat("{}", 150));
        PushedBatch batch = PushedBatch.Json(
            $"{{{PushedBatch.Agent},\"sql\":[{bad}],\"transaction\":[1,{{\"time\":{Now},\"service\":\"/a\",\"elapsed\":1}},2]}}");
        Assert.That((batch.Errors.Count, batch.Result.Rejected, batch.Errors[1].Kind, batch.Errors[1].Index, batch.Errors[99].Kind, batch.Errors[99].Index),
            Is.EqualTo((100, 152, Kind.Transaction, 2, Kind.Sql, 97)));
    }

    [TestCase("info", "Info")]
    [TestCase("WARNING", "Warning")]
    [TestCase("Critical", "Critical")]
    public void A_severity_is_kept_in_its_canonical_casing(string written, string kept) =>
        Assert.That(Alert($"\"severity\":\"{written}\"").Text("severity", kind: Kind.Alert), Is.EqualTo(kept));

    [TestCase("Fatal")]
    [TestCase("")]
    [TestCase("ınfo")]
    public void Another_severity_rejects_its_sample(string written) =>
        Assert.That(Alert($"\"severity\":\"{written}\"").Error, Is.EqualTo("severity must be one of Info, Warning, Critical"));

    [TestCase("\"level\":\"alert\"", "level must be one of EVENT, ALARM, ALERT")]
    [TestCase("\"type\":\"ES030\"", "type must be one of ES010, ES020, EU400, EU410, EU420")]
    public void Levels_and_types_of_events_are_compared_as_they_are(string field, string error) =>
        Assert.That(
            PushedBatch.Json($"{{\"event\":[{{\"time\":{Now},\"level\":\"ALERT\",\"type\":\"ES010\",\"message\":\"m\",{field}}}]}}").Error, Is.EqualTo(error));

    [TestCase("6F9619FF-8B86-D011-B42D-00CF4FC964FF")]
    [TestCase("6f9619ff8b86d011b42d00cf4fc964ff")]
    [TestCase("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}")]
    [TestCase("(6f9619ff-8b86-d011-b42d-00cf4fc964ff)")]
    public void A_GUID_of_any_usual_form_is_kept_in_one(string written) =>
        Assert.That(Alert($"\"id\":\"{written}\"").Text("id", kind: Kind.Alert), Is.EqualTo("6f9619ff-8b86-d011-b42d-00cf4fc964ff"));

    [Test]
    public void What_is_no_GUID_rejects_its_sample() => Assert.That(Alert("\"id\":\"42\"").Error, Is.EqualTo("id must be a GUID"));

    [TestCase("\"id\":null")]
    [TestCase("\"id\":\"\"")]
    [TestCase("\"description\":\"d\"")]
    public void A_missing_GUID_is_made(string field) => Assert.That(Guid.TryParseExact(Alert(field).Text("id", kind: Kind.Alert), "D", out _), Is.True);

    [Test]
    public void Made_GUIDs_differ()
    {
        string alert = $"{{\"time\":{Now},\"severity\":\"Info\",\"source\":\"s\",\"title\":\"t\"}}";
        PushedBatch batch = PushedBatch.Json($"{{\"alert\":[{alert},{alert}]}}");
        Assert.That(batch.Text("id", 0, Kind.Alert), Is.Not.EqualTo(batch.Text("id", 1, Kind.Alert)));
    }

    [Test]
    public void Rows_can_be_taken_out_of_a_valid_batch()
    {
        string rows = string.Join(',', Enumerable.Range(0, 5)
            .Select(i => $"{{\"time\":{Now},\"severity\":\"Info\",\"source\":\"s\",\"title\":\"t{i}\"{(i == 3 ? ",\"description\":\"d\"" : "")}}}"));
        PushedBatch batch = PushedBatch.Json($"{{\"alert\":[{rows}]}}");
        RowRemoval.Remove(batch.Result.Batch!, Kind.Alert, [0, 3]);
        Assert.That((batch.Result.Usable, batch.Text("title", 0, Kind.Alert), batch.Text("title", 2, Kind.Alert),
            batch.Result.Batch!.Find(Kind.Alert)!.Has(SampleSchema.Of(Kind.Alert).Ordinal("description"))), Is.EqualTo((3, "t1", "t4", false)));
    }

    private static PushedBatch Alert(string field) =>
        PushedBatch.Json($"{{\"alert\":[{{\"time\":{Now},\"severity\":\"Info\",\"source\":\"s\",\"title\":\"t\",{field}}}]}}");
}

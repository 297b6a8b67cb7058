using System.Text;
using NUnit.Framework;
using TimeSeries.Benchmarks.Alerts;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Tests.Benchmarks;

internal sealed class AlertMakerTests
{
    private const long Now = 1_800_000_000_000;

    [Test]
    public void The_server_takes_every_alert_and_knows_every_field()
    {
        MessagePackWireWriter writer = new();
        BodyWriter.Write(writer, SampleSchema.Of(Kind.Alert), new AlertMaker(Now - 500, 1).Make(0, 500), SampleForm.Table, [], new PatchPlaces());
        SampleBatchBuilder builder = new();
        NativeRequest request = new();
        builder.Reset(new SampleBatch());
        Assert.That(BatchDecoder.Decode(writer.Written.ToArray(), BodyFormat.MessagePack, request, builder), Is.Null);
        ValidationResult result = new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(Now));
        Assert.That((result.Usable, result.Rejected, result.Truncated, request.Unknown.Count), Is.EqualTo((500, 0, 0, 0)));
    }

    [Test]
    public void An_alerts_id_is_told_by_its_number_and_no_others()
    {
        WireColumn id = new AlertMaker(Now, 1).Make(40, 3)[4];
        Assert.That(Encoding.UTF8.GetString(id.Text(2)), Is.EqualTo(AlertMaker.IdOf(42).ToString("D")));
        Assert.That(Enumerable.Range(0, 100_000).Select(number => AlertMaker.IdOf(number)).Distinct().Count(), Is.EqualTo(100_000));
    }
}

using NUnit.Framework;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Tests.Benchmarks.Wire;

internal sealed class AcceptedBodyTests
{
    private const long Now = 1_800_000_000_000;

    [Test]
    public void The_server_takes_every_generated_sample_and_knows_every_field(
        [Values] Kind kind, [Values] SampleForm form, [Values] bool json, [Values] bool fresh)
    {
        SampleBatchBuilder builder = new();
        NativeRequest request = new();
        builder.Reset(new SampleBatch());
        DecodeError? refusal = BatchDecoder.Decode(
            PatchedBody(kind, 500, form, json, fresh), json ? BodyFormat.Json : BodyFormat.MessagePack, request, builder);
        Assert.That(refusal, Is.Null);
        ValidationResult result = new BatchValidator(new BatchLimits()).Validate(builder, 1, new Timestamp(Now));
        Assert.That((result.Usable, result.Rejected, result.Truncated, builder.RowCount), Is.EqualTo((500, 0, 0, 500)));
        Assert.That(request.Unknown.Count, Is.Zero);
    }

    private static byte[] PatchedBody(Kind kind, int rowCount, SampleForm form, bool json, bool fresh)
    {
        IWireWriter writer = json ? new JsonWriter() : new MessagePackWireWriter();
        PatchPlaces places = new() { Values = fresh ? [] : null };
        WireColumn[] columns = new SampleMaker(new Population(), 7) { Gateway = new GatewayColumns() }.Make(kind, rowCount, out int[] ages);
        BodyWriter.Write(writer, SampleSchema.Of(kind), columns, form, [], places);
        PreparedBody body = new(writer.Written, 0, places, ages);
        ulong ids = 1;
        body.Patch(Now, ref ids);
        return body.Bytes;
    }
}

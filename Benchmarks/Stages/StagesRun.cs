using System.Globalization;
using TimeSeries.Benchmarks.Dataset;
using TimeSeries.Benchmarks.Micro;
using TimeSeries.Benchmarks.Wire;
using TimeSeries.Core.Building;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Benchmarks.Stages;

/// <summary>Transactions of sixteen fields from wire bytes to merged blocks, stage by stage, with nothing running beside.</summary>
internal sealed class StagesRun : IAsyncDisposable
{
    // About what a head of the default size holds.
    private const int BatchesPerHead = 40;
    private const int BodyCount = 8;

    private readonly StageCost _decode = new("decode and validate");
    private readonly StageCost _log = new("log record");
    private readonly StageCost _head = new("head");
    private readonly StageCost _seal = new("seal");
    private readonly StageCost _merge = new("merge");
    private readonly StoreFolder _folder = new();
    private readonly PreparedBody[] _bodies = new PreparedBody[BodyCount];
    private readonly BatchValidator _validator = new(new BatchLimits());
    private readonly SampleBatchBuilder _builder = new();
    private readonly NativeRequest _request = new();
    private readonly SampleBatch _samples = new();
    private readonly PooledBuffer _payload = new();
    private long _position;
    private long _number;
    private ulong _idState = 1;
    private ulong _checksum;
    private ValidBatch? _batch;

    public StagesRun(SampleForm form)
    {
        Population population = new();
        for (int i = 0; i < BodyCount; i++)
        {
            MessagePackWireWriter writer = new();
            PatchPlaces places = new();
            WireColumn[] columns = new SampleMaker(population, i).Make(Kind.Transaction, MicroSizes.BatchSamples, out int[] ages);
            BodyWriter.Write(writer, SampleSchema.Of(Kind.Transaction), columns, form, [], places);
            _bodies[i] = new PreparedBody(writer.Written, 0, places, ages);
        }
    }

    public async Task MeasureAsync(int heads, CancellationToken stop)
    {
        StageCost[] all = [_decode, _log, _head, _seal];
        for (int head = 0; head < heads; head++)
        {
            if (head == heads / 2)
            {
                Array.ForEach(all, stage => stage.Restart());
            }

            for (int batch = 0; batch < BatchesPerHead; batch++)
            {
                stop.ThrowIfCancellationRequested();
                await PushAsync((head * BatchesPerHead) + batch, stop);
            }

            await _seal.MeasureAsync(BatchesPerHead * MicroSizes.BatchSamples, async () => await _folder.Store.SealAsync(stop));
        }

        await _merge.MeasureAsync(_number, async () => await _folder.Store.CompactAsync(stop));
    }

    public void Report(TextWriter to)
    {
        foreach (StageCost stage in (StageCost[])[_decode, _log, _head, _seal, _merge])
        {
            to.WriteLine(stage);
        }

        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"blocks {_folder.Store.BlockBytes / (double)_number:F1} B/sample, checksum {_checksum:x}"));
    }

    public async ValueTask DisposeAsync()
    {
        _payload.Dispose();
        await _folder.DisposeAsync();
    }

    private async Task PushAsync(int batch, CancellationToken stop)
    {
        PreparedBody body = _bodies[batch % BodyCount];
        body.Patch(SampleMaker.PreparedAtMilliseconds + (batch * 1_000L), ref _idState);
        await _decode.MeasureAsync(MicroSizes.BatchSamples, () =>
        {
            _samples.Clear();
            _builder.Reset(_samples);
            _batch = BatchDecoder.Decode(body.Body, BodyFormat.MessagePack, _request, _builder) is null
                ? _validator.Validate(_builder, GeneratedBatch.Pcode, new Timestamp(SampleMaker.PreparedAtMilliseconds + (batch * 1_000L))).Batch : null;
            return ValueTask.CompletedTask;
        });
        ValidBatch valid = _batch ?? throw new InvalidOperationException("The generated body was refused.");
        valid.FirstNumber = _number;
        _number += valid.Samples.RowCount;
        await _log.MeasureAsync(MicroSizes.BatchSamples, () =>
        {
            _payload.Clear();
            BatchCodec.Write(valid, _payload);
            _checksum = Crc32C.Of(_payload.Written.Span);
            return ValueTask.CompletedTask;
        });
        await _head.MeasureAsync(MicroSizes.BatchSamples, () => _folder.Store.WriteAsync(valid, new LogPosition(++_position), stop));
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// An answer while it streams in. Either every row comes and then the end, or an <see cref="InfluxQueryException"/>: part of an answer is never taken for
/// the whole. Disposing it drops the connection where rows are left. Used by one caller at a time.
/// </summary>
internal sealed class InfluxAnswer : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly PipeReader _body;
    private readonly InfluxRows _rows;
    private readonly AnswerParser _parser;
    private readonly InactivityTimeout _patience;
    private JsonReaderState _state = new(new JsonReaderOptions { AllowMultipleValues = true });
    private bool _ended;

    /// <summary>Takes over the response and what bounds its time.</summary>
    public InfluxAnswer(HttpResponseMessage response, Stream body, InfluxRows rows, InactivityTimeout patience)
    {
        _response = response;
        _body = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10));
        _rows = rows;
        _parser = new AnswerParser(rows);
        _patience = patience;
    }

    /// <summary>Fills the columns with the next rows. Returns false behind the last one of a whole answer.</summary>
    /// <exception cref="InfluxQueryException">The answer is an error, or breaks off.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<bool> ReadAsync()
    {
        _rows.Clear();
        try
        {
            while (!_ended && !_rows.IsFull)
            {
                _patience.Renew();
                ReadResult read = await _body.ReadAsync(_patience.Token).ConfigureAwait(false);
                _ended = Parse(read.Buffer, read.IsCompleted);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or HttpRequestException or IOException or JsonException or InvalidDataException or InvalidOperationException)
        {
            throw _patience.Explain(fault);
        }

        if (_parser.Error is { } error)
        {
            throw new InfluxQueryException(InfluxQueryFailure.Statement, $"InfluxDB could not answer: {error}");
        }

        if (_ended && !_parser.IsWhole)
        {
            throw new InfluxQueryException(InfluxQueryFailure.Partial, "InfluxDB gave only a part of the answer (a row limit of the server, or a connection that broke).");
        }

        return _rows.RowCount > 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _body.CompleteAsync().ConfigureAwait(false);
        _response.Dispose();
        _patience.Dispose();
    }

    // Returns whether the answer has ended.
    private bool Parse(ReadOnlySequence<byte> bytes, bool isLast)
    {
        Utf8JsonReader json = new(bytes, isLast, _state);
        bool hasRoom = true;
        while (hasRoom && json.Read())
        {
            hasRoom = _parser.Take(ref json);
        }

        _state = json.CurrentState;
        _body.AdvanceTo(json.Position, hasRoom ? bytes.End : json.Position);
        return isLast && hasRoom;
    }
}

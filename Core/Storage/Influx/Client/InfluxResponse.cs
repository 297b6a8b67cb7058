using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace TimeSeries.Core.Storage.Influx.Client;

/// <summary>
/// A response that streams in. Either every row comes, or reading throws <see cref="InfluxQueryException"/>: a part is never taken for the whole.
/// Disposal drops the connection when rows are left. Used by one caller at a time.
/// </summary>
internal sealed class InfluxResponse : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly PipeReader _body;
    private readonly InfluxRows _rows;
    private readonly ResponseParser _parser;
    private readonly InactivityTimeout _timeout;
    private JsonReaderState _state = new(new JsonReaderOptions { AllowMultipleValues = true });
    private bool _ended;

    /// <summary>Owns the response and its time-out from now on.</summary>
    public InfluxResponse(HttpResponseMessage response, Stream body, InfluxRows rows, InactivityTimeout timeout)
    {
        _response = response;
        _body = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10));
        _rows = rows;
        _parser = new ResponseParser(rows);
        _timeout = timeout;
    }

    /// <summary>Fills the columns with the next rows. Returns false after the last row of a whole response.</summary>
    /// <exception cref="InfluxQueryException">The response is an error or is not whole.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public async ValueTask<bool> ReadAsync()
    {
        _rows.Clear();
        try
        {
            while (!_ended && !_rows.IsFull)
            {
                _timeout.Renew();
                ReadResult read = await _body.ReadAsync(_timeout.Token).ConfigureAwait(false);
                _ended = Parse(read.Buffer, read.IsCompleted);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or HttpRequestException or IOException or JsonException
            or InvalidDataException or InvalidOperationException)
        {
            throw _timeout.Explain(fault);
        }

        if (_parser.Error is { } error)
        {
            throw new InfluxQueryException(InfluxQueryFailure.Statement, $"InfluxDB could not run the query: {error}");
        }

        if (_ended && !_parser.IsWhole)
        {
            throw new InfluxQueryException(
                InfluxQueryFailure.Partial, "InfluxDB sent only a part of the response (a row limit of the server, or a connection that broke).");
        }

        return _rows.RowCount > 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _body.CompleteAsync().ConfigureAwait(false);
        _response.Dispose();
        _timeout.Dispose();
    }

    // Returns whether the response has ended.
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

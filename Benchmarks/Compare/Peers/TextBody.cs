using System.Buffers;
using System.Buffers.Text;
using TimeSeries.Benchmarks.Wire;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>
/// A body for another system, made beforehand; before each sending times, ids, sequence numbers and values are overwritten in place. Not thread safe.
/// </summary>
internal sealed class TextBody
{
    private const int MillisecondDigits = 13;

    private static readonly StandardFormat _six = new('D', TextRows.NumberDigits);

    private readonly TextForm _form;
    private readonly PreparedBody _body;
    private readonly int[] _times;
    private readonly int[] _ages;

    /// <param name="rows">The rows; copied.</param>
    /// <param name="form">Their form.</param>
    /// <param name="ages">How many ms each row is older than the moment it is sent.</param>
    public TextBody(TextRows rows, TextForm form, int[] ages)
    {
        _form = form;
        _body = new PreparedBody(rows.Written, headRoom: 0, rows.Places, ages);
        _times = [.. rows.Times];
        _ages = ages;
    }

    public byte[] Bytes => _body.Bytes;

    public int RowCount => _times.Length;

    /// <summary>Makes rows of their own of them.</summary>
    public void Patch(long nowMilliseconds, ref ulong idState, long firstNumber)
    {
        _body.Patch(nowMilliseconds, ref idState);
        Span<byte> bytes = _body.Bytes;
        for (int i = 0; i < _times.Length; i++)
        {
            long time = nowMilliseconds - _ages[i];
            if (_form == TextForm.Tabs)
            {
                // Ten digits; the milliseconds in the next column stay as they are, since they have no fixed width.
                Utf8Formatter.TryFormat(time / 1_000, bytes[_times[i]..], out _);
            }
            else
            {
                Utf8Formatter.TryFormat(time, bytes[_times[i]..], out _);
                Utf8Formatter.TryFormat((firstNumber + i) % TextRows.NumbersPerMillisecond, bytes[(_times[i] + MillisecondDigits)..], out _, _six);
            }
        }
    }
}

using System.Text;

namespace TimeSeries.Query.Api.Agents;

/// <summary>The text of the greatest time, then of the greatest UTF-8 bytes, among those taken; empty when none was.</summary>
internal sealed class LatestText
{
    private byte[] _text = [];
    private long _time = long.MinValue;

    /// <summary>Takes a text (empty: none) of a time.</summary>
    public void Take(ReadOnlySpan<byte> text, long time)
    {
        if (!text.IsEmpty && (time > _time || (time == _time && text.SequenceCompareTo(_text) > 0)))
        {
            _text = text.ToArray();
            _time = time;
        }
    }

    public override string ToString() => Encoding.UTF8.GetString(_text);
}

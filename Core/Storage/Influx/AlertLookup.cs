using System.Globalization;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>
/// Knows whether a project has an alert of an id: by the ids that this node sent or found lately, else by asking InfluxDB, where the tag of the id's first
/// byte leaves one alert in 256 to be looked at. Thread safe.
/// </summary>
internal sealed class AlertLookup(InfluxQlClient client)
{
    // Ids remembered: 24 bytes each and the set's own, 4 MB in all. Older ones are asked for.
    private const int MaxKnown = 1 << 16;

    // Guards _known and _order.
    private readonly Lock _lock = new();
    private readonly HashSet<(long Pcode, Guid Id)> _known = [];
    private readonly Queue<(long Pcode, Guid Id)> _order = [];

    /// <summary>The value of the tag <c>b</c> of an alert's id: its first byte as two hexadecimal digits, as they stand in the id's text.</summary>
    public static string TagOf(Guid id) => id.ToString("D", CultureInfo.InvariantCulture)[..2];

    /// <summary>Remembers an id that was taken.</summary>
    public void Remember(long pcode, Guid id)
    {
        lock (_lock)
        {
            if (!_known.Add((pcode, id)))
            {
                return;
            }

            _order.Enqueue((pcode, id));
            if (_order.Count > MaxKnown)
            {
                _known.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>Whether this node remembers the id; false says nothing of the store.</summary>
    public bool Remembers(long pcode, Guid id)
    {
        lock (_lock)
        {
            return _known.Contains((pcode, id));
        }
    }

    /// <summary>Whether the project has an alert of the id, remembered or in InfluxDB.</summary>
    /// <exception cref="InfluxQueryException">InfluxDB can't be asked.</exception>
    public async ValueTask<bool> HasAlertAsync(long pcode, Guid id, CancellationToken cancellationToken)
    {
        if (Remembers(pcode, id))
        {
            return true;
        }

        AnswerRows rows = new(new AnswerColumn(InfluxSchema.NumberField, isText: false));
        InfluxStatement statement = InfluxStatement.Select(SampleSchema.Of(Kind.Alert).Name, [InfluxSchema.NumberField])
            .Where(InfluxSchema.PcodeTag, pcode.ToString(CultureInfo.InvariantCulture))
            .Where(InfluxSchema.AlertTag, TagOf(id))
            .Where("id", id.ToString("D", CultureInfo.InvariantCulture))
            .In(TimeRange.All)
            .First(1);
        await using InfluxAnswer answer = await client.AskAsync(statement, rows, cancellationToken).ConfigureAwait(false);
        bool has = false;
        while (await answer.ReadAsync().ConfigureAwait(false))
        {
            has |= rows.RowCount > 0;
        }

        if (has)
        {
            Remember(pcode, id);
        }

        return has;
    }
}

using System.Diagnostics.Metrics;
using System.Globalization;

namespace TimeSeries.Alerting.Notifications;

/// <summary>
/// The metrics of notifications, made once a host. Names follow OpenTelemetry, units UCUM; tags are project and receiver, of which a project has at most 64.
/// Thread safe.
/// </summary>
internal sealed class NotificationInstruments : IDisposable
{
    private readonly Meter _meter;
    private readonly Notifier _notifier;

    /// <param name="meters">Makes the host's meters.</param>
    /// <param name="notifier">What is measured.</param>
    public NotificationInstruments(IMeterFactory meters, Notifier notifier)
    {
        _notifier = notifier;
        _meter = meters.Create("TimeSeries.Alerting.Notifications");
        _meter.CreateObservableCounter(
            "timeseries.alerting.notifications.sent", () => All((health, _) => health.Sent), "{notification}", "Notifications delivered, by receiver.");
        _meter.CreateObservableCounter(
            "timeseries.alerting.notifications.failed", () => All((health, _) => health.Failed), "{notification}",
            "Tries to deliver a notification that failed, by receiver. They are tried again for a day.");
        _meter.CreateObservableUpDownCounter(
            "timeseries.alerting.notifications.waiting", () => All((_, waiting) => waiting), "{alert}", "Alerts that a receiver is to be told of.");
        _meter.CreateObservableCounter(
            "timeseries.alerting.notifications.given_up", () => All((health, _) => health.GivenUp), "{alert}",
            "Alerts that ended and that a receiver was not told of, since it failed for a day.");
        _meter.CreateObservableCounter(
            "timeseries.alerting.notifications.lost", () => notifier.LostCount, "{alert}",
            "Alerts that no receiver is told of, since too many fire at once.");
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> All(Func<ReceiverHealth, int, long> value) => _notifier.Report().Select(state => new Measurement<long>(
        value(state.Health, state.Waiting), new("pcode", state.Pcode.ToString(CultureInfo.InvariantCulture)), new("receiver", state.Receiver.Name)));
}

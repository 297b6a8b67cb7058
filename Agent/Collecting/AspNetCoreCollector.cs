using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// Makes transactions of the requests that a host of ASP.NET Core serves. Its activities have neither status nor route, so they are read from the request when
/// it ends. Thread safe.
/// </summary>
internal sealed class AspNetCoreCollector(HttpContextReader reader, EntryTable entries, SampleSink sink, string[] ignoredPaths)
    : IObserver<KeyValuePair<string, object?>>
{
    private const string Activity = "Microsoft.AspNetCore.Hosting.HttpRequestIn";
    private const string Start = Activity + ".Start";
    private const string Stop = Activity + ".Stop";
    private const string Unhandled = "Microsoft.AspNetCore.Hosting.UnhandledException";

    private readonly PayloadReader<Exception> _exception = new("Exception");

    /// <summary>Whether a path is one of those, or below one of them.</summary>
    public static bool IsIgnored(string path, string[] ignoredPaths)
    {
        foreach (string ignored in ignoredPaths)
        {
            if (path.StartsWith(ignored, StringComparison.OrdinalIgnoreCase) && (path.Length == ignored.Length || path[ignored.Length] == '/'))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Observes a host until the result is disposed.</summary>
    public IDisposable Observe(DiagnosticListener host) => host.Subscribe(this, static name => name is Activity or Start or Stop or Unhandled);

    [SuppressMessage("Design", "CA1031", Justification = "The application must never see a fault of the agent; it is counted and logged.")]
    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (System.Diagnostics.Activity.Current is not { } activity || value.Value is not { } payload)
        {
            return;
        }

        try
        {
            switch (value.Key)
            {
                case Start:
                    entries.Begin(activity, payload);
                    break;
                case Stop:
                    End(activity, payload);
                    break;
                case Unhandled when _exception.Read(payload) is { } exception:
                    entries.Fail(activity, exception);
                    break;
            }
        }
        catch (Exception fault)
        {
            sink.Fault(fault);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void End(Activity activity, object context)
    {
        ChildSums sums = entries.End(activity, out Exception? failure);
        if (IsIgnored(reader.PathOf(context), ignoredPaths))
        {
            return;
        }

        QueuedSample sample = new()
        {
            Kind = SampleKind.Transaction,
            Time = QueuedSample.EndOf(activity),
            Elapsed = activity.Duration,
            Txid = activity.TraceId.ToHexString(),
            Sums = sums,
        };
        Exception? shown = reader.Read(context, ref sample);
        failure ??= shown;
        sample.Exception = failure;
        sample.Error = failure is not null || sample.Status >= 500 || activity.Status == ActivityStatusCode.Error;
        sample.ErrorMessage = failure is null ? activity.StatusDescription : null;
        sink.Add(sample);
        if (failure is not null)
        {
            sink.AddException(failure, sample);
        }
    }
}

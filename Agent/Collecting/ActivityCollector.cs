using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// Makes samples of activities when they stop: by their kind and tags a transaction, a statement or a call, and one of each exception event. Thread safe.
/// </summary>
internal sealed class ActivityCollector : IDisposable
{
    private const string ExceptionEvent = "exception";

    private readonly ActivityListener _listener;
    private readonly HttpContextReader? _requests;
    private readonly EntryTable _entries;
    private readonly SampleSink _sink;
    private readonly string[] _ignoredPaths;

    public ActivityCollector(IEnumerable<string> sources, HttpContextReader? requests, EntryTable entries, SampleSink sink, string[] ignoredPaths)
    {
        _requests = requests;
        _entries = entries;
        _sink = sink;
        _ignoredPaths = ignoredPaths;
        HashSet<string> names = new(sources, StringComparer.OrdinalIgnoreCase);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => names.Contains(source.Name),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            SampleUsingParentId = static (ref ActivityCreationOptions<string> _) => ActivitySamplingResult.AllData,
            ActivityStopped = OnStopped,
        };
    }

    /// <summary>Begins to listen, until this is disposed.</summary>
    public void Start() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    /// <summary>The nearest entry of a statement or call, and its service where it is known already.</summary>
    public static Activity? Relate(Activity? from, HttpContextReader? requests, EntryTable entries, ref QueuedSample sample)
    {
        if (Entries.Find(from) is not { } entry)
        {
            return null;
        }

        if ((requests is null || !entries.TryReadService(entry, requests, ref sample)) && entry.OperationName != Entries.HttpRequest)
        {
            SpanTags tags = SpanTags.Of(entry);
            (sample.Service, sample.ServiceForm) = ServiceOf(entry, tags);
        }

        return entry;
    }

    /// <summary>Takes an activity that has stopped.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The application must never see a fault of the agent; it is counted and logged.")]
    internal void OnStopped(Activity activity)
    {
        try
        {
            Collect(activity);
        }
        catch (Exception fault)
        {
            _sink.Fault(fault);
        }
    }

    private void Collect(Activity activity)
    {
        SpanTags tags = SpanTags.Of(activity);
        if (Entries.IsEntry(activity))
        {
            AddTransaction(activity, tags);
        }
        else if (tags.IsSql && activity.Kind is ActivityKind.Client or ActivityKind.Internal)
        {
            AddStatement(activity, tags);
        }
        else if (activity.Kind == ActivityKind.Client && (tags.IsRpc || tags.IsHttp))
        {
            AddCall(activity, tags);
        }

        foreach (ref readonly ActivityEvent happened in activity.EnumerateEvents())
        {
            if (happened.Name == ExceptionEvent)
            {
                AddException(activity, happened);
            }
        }
    }

    private void AddTransaction(Activity activity, in SpanTags tags)
    {
        QueuedSample sample = Begin(activity, SampleKind.Transaction, tags);
        sample.Sums = _entries.End(activity, out Exception? failure);
        (sample.Name, sample.Form) = ServiceOf(activity, tags);
        if (sample.Form == NameForm.Path && AspNetCoreCollector.IsIgnored(sample.Name, _ignoredPaths))
        {
            return;
        }

        sample.Method = tags.Method;
        sample.Status = tags.Status;
        sample.RemoteIp = tags.Client;
        sample.UserAgent = tags.UserAgent;
        sample.UserId = tags.User;
        sample.Exception = failure;
        if (sample.Error)
        {
            (sample.ErrorClass, string? message) = LastException(activity);
            sample.ErrorClass ??= tags.ErrorType;
            sample.ErrorMessage = activity.StatusDescription ?? message;
        }

        _sink.Add(sample);
    }

    private void AddStatement(Activity activity, in SpanTags tags)
    {
        QueuedSample sample = Begin(activity, SampleKind.Sql, tags);
        sample.System = tags.System;
        sample.Host = tags.Address;
        sample.Port = tags.Port;
        sample.Database = tags.Database;
        sample.Count = tags.Rows;
        if (tags.Query is { } query && SqlSystems.IsSql(tags.System, query))
        {
            sample.Name = query;
            sample.Form = tags.System is "mysql" or "mariadb" ? NameForm.MySql : NameForm.Sql;
        }
        else
        {
            // Another system's text may hold anything, so only its operation counts.
            sample.Name = tags.Summary ?? tags.Operation ?? activity.DisplayName;
            sample.Form = NameForm.Text;
        }

        AddChild(activity, ref sample);
    }

    private void AddCall(Activity activity, in SpanTags tags)
    {
        QueuedSample sample = Begin(activity, SampleKind.Httpc, tags);
        sample.Host = tags.Address;
        sample.Port = tags.Port;
        sample.Method = tags.Method;
        sample.Status = tags.Status;
        (sample.Name, sample.Form) = tags switch
        {
            { IsRpc: true, RpcMethod: { } method } => (method, NameForm.Rpc),
            { Template: { } template } => (template, NameForm.Route),
            { Url: { } url } => (url, NameForm.Url),
            { Path: { } path } => (path, NameForm.Path),
            _ => ("/", NameForm.Text),
        };
        AddChild(activity, ref sample);
    }

    private void AddChild(Activity activity, ref QueuedSample sample)
    {
        if (Relate(activity.Parent, _requests, _entries, ref sample) is { } entry)
        {
            _entries.Add(entry, sample.Kind, sample.Elapsed);
        }

        _sink.Add(sample);
    }

    private void AddException(Activity activity, in ActivityEvent happened)
    {
        QueuedSample sample = new()
        {
            Kind = SampleKind.Exception,
            Time = happened.Timestamp.ToUnixTimeMilliseconds(),
            Txid = activity.TraceId.ToHexString(),
        };
        foreach (ref readonly KeyValuePair<string, object?> tag in happened.EnumerateTagObjects())
        {
            switch (tag.Key)
            {
                case "exception.type": sample.Name = tag.Value as string; break;
                case "exception.message": sample.ErrorMessage = tag.Value as string; break;
                case "exception.stacktrace": sample.Stack = tag.Value as string; break;
            }
        }

        if ((sample.Name ?? sample.ErrorMessage) is not null)
        {
            sample.Name ??= "(unknown)";
            Relate(activity, _requests, _entries, ref sample);
            _sink.Add(sample);
        }
    }

    private static QueuedSample Begin(Activity activity, SampleKind kind, in SpanTags tags) => new()
    {
        Kind = kind,
        Time = QueuedSample.EndOf(activity),
        Elapsed = activity.Duration,
        Txid = activity.TraceId.ToHexString(),
        Error = activity.Status == ActivityStatusCode.Error || tags.IsError,
        Count = -1,
    };

    private static (string Name, NameForm Form) ServiceOf(Activity activity, in SpanTags tags) => tags switch
    {
        { Route: { } route } => (route, NameForm.Route),
        { RpcMethod: { } method } => (method, NameForm.Rpc),
        { Path: { } path } => (path, NameForm.Path),
        { Url: { } url } => (url, NameForm.Url),
        _ => (activity.DisplayName.Length > 0 ? activity.DisplayName : "(unnamed)", NameForm.Text),
    };

    private static (string? Class, string? Message) LastException(Activity activity)
    {
        (string? Class, string? Message) last = default;
        foreach (ref readonly ActivityEvent happened in activity.EnumerateEvents())
        {
            if (happened.Name == ExceptionEvent)
            {
                foreach (ref readonly KeyValuePair<string, object?> tag in happened.EnumerateTagObjects())
                {
                    last = tag.Key switch
                    {
                        "exception.type" => (tag.Value as string, last.Message),
                        "exception.message" => (last.Class, tag.Value as string),
                        _ => last,
                    };
                }
            }
        }

        return last;
    }
}

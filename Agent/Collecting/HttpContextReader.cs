using System.Linq.Expressions;
using System.Net;
using TimeSeries.Agent.Delivery;

namespace TimeSeries.Agent.Collecting;

/// <summary>
/// Reads requests of ASP.NET Core without a reference to it, so that a worker without HTTP can have the agent too. The reads are compiled once and allocate
/// nothing. Thread safe.
/// </summary>
internal sealed class HttpContextReader
{
    private const string Abstractions = "Microsoft.AspNetCore.Http.Abstractions";

    private readonly Func<object, string?> _method;
    private readonly Func<object, string?> _path;
    private readonly Func<object, int> _status;
    private readonly Func<object, IPAddress?> _remoteIp;
    private readonly Func<object, string?> _userAgent;
    private readonly Func<object, object?> _endpoint;
    private readonly Func<object, object?> _errorFeature;
    private readonly Func<object, object?> _errorEndpoint;
    private readonly Func<object, Exception?> _error;
    private readonly Func<object, string?> _errorPath;
    private readonly Func<object, string?> _route;

    private HttpContextReader(Type httpContext)
    {
        ParameterExpression context = Expression.Parameter(typeof(object));
        Expression typed = Expression.Convert(context, httpContext);
        Expression request = Expression.Property(typed, "Request");
        _method = Compile<string?>(context, Expression.Property(request, "Method"));
        _path = Compile<string?>(context, Expression.Property(Expression.Property(request, "Path"), "Value"));
        _status = Compile<int>(context, Expression.Property(Expression.Property(typed, "Response"), "StatusCode"));
        _remoteIp = Compile<IPAddress?>(context, Expression.Property(Expression.Property(typed, "Connection"), "RemoteIpAddress"));
        Expression userAgent = Expression.Property(Expression.Property(request, "Headers"), "UserAgent");
        _userAgent = Compile<string?>(context, Expression.Call(userAgent, "ToString", Type.EmptyTypes));
        Type endpoints = Load("Microsoft.AspNetCore.Http.EndpointHttpContextExtensions", Abstractions)!;
        _endpoint = Compile<object?>(context, Expression.Call(endpoints, "GetEndpoint", null, typed));

        // An error page is another endpoint; what failed stands in a feature.
        Type errors = Load("Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature", "Microsoft.AspNetCore.Diagnostics.Abstractions")!;
        Expression features = Expression.Property(typed, "Features");
        _errorFeature = Compile<object?>(context, Expression.Property(features, "Item", Expression.Constant(errors)));
        Expression feature = Expression.Convert(context, errors);
        _errorEndpoint = Compile<object?>(context, Expression.Property(feature, "Endpoint"));
        _error = Compile<Exception?>(context, Expression.Property(feature, "Error"));
        _errorPath = Compile<string?>(context, Expression.Property(feature, "Path"));

        Type routed = Load("Microsoft.AspNetCore.Routing.RouteEndpoint", "Microsoft.AspNetCore.Routing")!;
        Expression pattern = Expression.Property(Expression.Property(Expression.Convert(context, routed), "RoutePattern"), "RawText");
        _route = Compile<string?>(context, Expression.Condition(Expression.TypeIs(context, routed), pattern, Expression.Constant(null, typeof(string))));
    }

    /// <summary>Compiles the reads; null in a process without ASP.NET Core.</summary>
    public static HttpContextReader? Make() =>
        Load("Microsoft.AspNetCore.Http.HttpContext", Abstractions) is { } httpContext ? new HttpContextReader(httpContext) : null;

    /// <summary>Path of a request, empty for none.</summary>
    public string PathOf(object context) => _path(context) ?? "";

    /// <summary>The route of a request; its path where there is none.</summary>
    public (string Name, NameForm Form) ServiceOf(object context)
    {
        object? failed = _errorFeature(context);
        object? endpoint = failed is null ? _endpoint(context) : _errorEndpoint(failed);
        return endpoint is not null && _route(endpoint) is { } route
            ? (route, NameForm.Route)
            : ((failed is null ? null : _errorPath(failed)) ?? PathOf(context), NameForm.Path);
    }

    /// <summary>Reads what a request says of its transaction.</summary>
    /// <returns>The exception that an error page was made of; null when there was none.</returns>
    public Exception? Read(object context, ref QueuedSample sample)
    {
        (sample.Name, sample.Form) = ServiceOf(context);
        sample.Method = _method(context);
        sample.Status = _status(context);
        sample.RemoteIp = _remoteIp(context);
        sample.UserAgent = _userAgent(context);
        return _errorFeature(context) is { } failed ? _error(failed) : null;
    }

    private static Type? Load(string type, string assembly) => Type.GetType($"{type}, {assembly}", throwOnError: false);

    private static Func<object, T> Compile<T>(ParameterExpression context, Expression read) =>
        Expression.Lambda<Func<object, T>>(Expression.Convert(read, typeof(T)), context).Compile();
}

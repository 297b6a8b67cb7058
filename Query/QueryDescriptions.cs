using TimeSeries.Hosting.OpenApi;
using TimeSeries.Query.AlertHistory;
using TimeSeries.Query.Ncp;
using TimeSeries.Query.Own;
using TimeSeries.Query.Tyk;
using TimeSeries.Query.WhaTap;

namespace TimeSeries.Query;

/// <summary>What each API family says of itself, as services.</summary>
internal static class QueryDescriptions
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<IApiDescription, WhatapDescription>();
        services.AddSingleton<IApiDescription, TykDescription>();
        services.AddSingleton<IApiDescription, NcpDescription>();
        services.AddSingleton<IApiDescription, AlertHistoryDescription>();
        services.AddSingleton<IApiDescription, OwnDescription>();
    }
}

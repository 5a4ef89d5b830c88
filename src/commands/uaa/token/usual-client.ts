/** The client that `uaac` takes for the implicit grant where none is named. */
export const usualClient = 'cf';

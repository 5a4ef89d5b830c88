import type { ErrorResponse } from '../../router.js';
import { badScimRequestError } from './error.js';

/**
 * Creates the error for a value that the real server's database rejects.
 *
 * @param statement - the SQL statement, which is part of the message.
 * @see HSQLDB, the database of the real server in `real-uaa`
 */
export function rejectedValueError(statement: string, problem: Problem): ErrorResponse {
  const { exception, message } = problem;
  return badScimRequestError(
    `PreparedStatementCallback; SQL [${statement}]; ${message}; ` +
      `nested exception is java.sql.${exception}: ${message}`,
  );
}

/** Creates the error for a query that sorts by the number of a column that does not exist. */
export function invalidSortError(sql: string): ErrorResponse {
  return badScimRequestError(
    `PreparedStatementCallback; bad SQL grammar [${sql}]; ` +
      'nested exception is java.sql.SQLSyntaxErrorException: invalid ORDER BY expression',
  );
}

interface Problem {
  readonly exception: string;
  readonly message: string;
}

/** @param column - undefined for an update, whose message does not name the column. */
export function tooLongProblem(table: string, column?: string): Problem {
  const place = column === undefined ? '' : `;  table: ${table} column: ${column}`;
  return {
    exception: 'SQLDataException',
    message: `data exception: string data, right truncation${place}`,
  };
}

/** @param constraint - generated name of the constraint in the database. */
export function missingValueProblem(constraint: string, table: string, column: string): Problem {
  return {
    exception: 'SQLIntegrityConstraintViolationException',
    message:
      'integrity constraint violation: NOT NULL check constraint; ' +
      `${constraint} table: ${table} column: ${column}`,
  };
}
